import { causeText } from '../admission/denial.ts';
import { pathText } from '../endpoints/field-path.ts';
import { fieldsOf } from '../json/fields.ts';
import { type Manifest, type Manifests, readManifests } from '../manifests/manifests.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import { repositoryPaths } from '../manifests/repository-path.ts';
import { batches, jsonText } from '../report/chunks.ts';
import { plural, type Result, resultLine, severities } from '../report/result.ts';
import { formatSarif } from '../report/sarif.ts';
import { printedLine } from '../report/visible.ts';
import { review } from '../review/review.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { Io } from './io.ts';
import { countLeftOut, leftOutText, nothingFound } from './nothing-found.ts';

export interface CheckOptions {
  readonly policy?: string;
  readonly namespace: string;
  readonly output: 'text' | 'json' | 'sarif';
  /** Patterns as in a .gitignore. */
  readonly exclude?: readonly string[];
  readonly allowEmpty?: boolean;
  readonly sarifRoot?: string;
}

/** Judges manifests as if they were created now. Exit code: 0 no denials, 1 denials, 2 something could not be read, or there was nothing to judge. */
export async function check(paths: readonly string[], options: CheckOptions, version: string, io: Io): Promise<number> {
  const policy = readPolicy(options.policy);
  const manifests = await readManifests(paths, options.exclude ?? [], io);
  const { objects, errors } = manifests;
  const nothing = options.allowEmpty ? undefined : nothingFound(paths, manifests);
  const results = [
    ...listDuplicates(manifests),
    ...objects.flatMap((manifest) => judgeManifest(manifest, policy, options)),
  ];
  const denied = results.filter(({ severity }) => severity === 'error').length;
  const summary = {
    objects: objects.length,
    skipped: manifests.skipped,
    denials: denied,
    warnings: results.length - denied,
  };
  if (options.output === 'json') printJson(results, manifests, summary, nothing, io);
  else if (options.output === 'sarif') printSarif(results, manifests, nothing, options, version, io);
  else printText(results, manifests, summary, nothing, io);
  if (errors.length > 0 || nothing !== undefined) return 2;
  return denied > 0 ? 1 : 0;
}

function judgeManifest(
  { kind, file, object, at }: Manifest,
  policy: ReturnType<typeof readPolicy>,
  options: CheckOptions,
): readonly Result[] {
  const requester = { user: '', groups: [] };
  const namespace = namespaceOf(object) ?? options.namespace;
  const verdict = review(policy, { kind, operation: 'CREATE', namespace, requester, object });
  if (verdict.exemption) return [];
  return verdict.violations
    .filter(({ enforcement }) => enforcement !== 'audit')
    .map((violation) => ({
      spot: { file, ...at(violation.finding.path) },
      severity: severities[violation.enforcement],
      rule: violation.rule,
      field: pathText(violation.finding.path),
      message: causeText(violation, ''),
    }));
}

function namespaceOf(object: unknown): string | undefined {
  const { namespace } = fieldsOf(fieldsOf(object).metadata);
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

function listDuplicates({ duplicates }: Manifests): readonly Result[] {
  return duplicates.map(({ message, ...spot }) => ({
    ...{ spot, severity: 'error', rule: wellFormed, field: '', message },
  }));
}

type Summary = Readonly<Record<'objects' | 'skipped' | 'denials' | 'warnings', number>>;

function printJson(
  results: readonly Result[],
  { errors, leftOut }: Manifests,
  summary: Summary,
  nothing: string | undefined,
  io: Io,
): void {
  const violations = results.map(({ spot, rule, severity, field, message }) => ({
    ...{ ...spot, severity, rule: rule.id, field, message },
  }));
  const all = nothing === undefined ? errors : [...errors, { message: nothing }];
  io.out(`${jsonText({ ...summary, leftOut: countLeftOut(leftOut), violations, errors: all })}\n`);
}

function printSarif(
  results: readonly Result[],
  { errors }: Manifests,
  nothing: string | undefined,
  { sarifRoot }: CheckOptions,
  version: string,
  io: Io,
): void {
  const pathOf = repositoryPaths(sarifRoot);
  const placed = <Spot extends object>(spot: Spot): Spot =>
    'file' in spot && typeof spot.file === 'string' ? { ...spot, file: pathOf(spot.file) } : spot;
  const worstFirst = results
    .map((result) => ({ ...result, spot: placed(result.spot) }))
    .sort((one, other) => Number(one.severity !== 'error') - Number(other.severity !== 'error'));
  const notes = [
    ...errors.map(({ message, ...spot }) => ({ text: message, spot: placed(spot) })),
    ...(nothing === undefined ? [] : [{ text: nothing }]),
  ];
  for (const text of batches(formatSarif(worstFirst, worstFirst.length, notes, version))) io.out(text);
}

function printText(
  results: readonly Result[],
  { errors, leftOut }: Manifests,
  summary: Summary,
  nothing: string | undefined,
  io: Io,
): void {
  for (const { file, line, column, message } of errors) io.err(printedLine(`${file}:${line}:${column}: ${message}`));
  for (const result of results) io.out(resultLine(result));
  const { objects, denials, warnings, skipped } = summary;
  io.err(
    `${plural(objects, 'object')} checked: ${plural(denials, 'denial')}, ${plural(warnings, 'warning')}; ${plural(skipped, 'other object')} skipped\n`,
  );
  if (leftOut.length > 0) io.err(`left out: ${leftOutText(leftOut)}\n`);
  if (nothing !== undefined) io.err(printedLine(`endpoints-webhook: ${nothing}`));
}

import { causeText } from '../admission/denial.ts';
import { listRefusals } from '../api-validation/refusals.ts';
import { withRefusals } from '../api-validation/with-refusals.ts';
import { pathText } from '../endpoints/field-path.ts';
import { fieldsOf } from '../json/fields.ts';
import { type Manifest, type Manifests, readManifests } from '../manifests/manifests.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import { batches, jsonText } from '../report/chunks.ts';
import { plural, type Result, resultLine, severities } from '../report/result.ts';
import { formatSarif } from '../report/sarif.ts';
import { printedLine } from '../report/visible.ts';
import { maxCountedPerRule } from '../review/judge.ts';
import { review } from '../review/review.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { Io } from './io.ts';

export interface CheckOptions {
  readonly policy?: string;
  readonly namespace: string;
  readonly output: 'text' | 'json' | 'sarif';
}

/** Judges manifests as if they were created now. Exit code: 0 no denials, 1 denials, 2 something could not be read. */
export async function check(paths: readonly string[], options: CheckOptions, version: string, io: Io): Promise<number> {
  const policy = readPolicy(options.policy);
  const manifests = await readManifests(paths, io);
  const { objects, errors } = manifests;
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
  if (options.output === 'json') printJson(results, manifests, summary, io);
  else if (options.output === 'sarif') printSarif(results, manifests, version, io);
  else printText(results, manifests, summary, io);
  if (errors.length > 0) return 2;
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
  const told = verdict.exemption ? [] : verdict.violations.filter(({ enforcement }) => enforcement !== 'audit');
  return withRefusals(told, listRefusals(kind, object, maxCountedPerRule)).map(({ ofKey, ...violation }) => ({
    spot: { file, ...at(violation.finding.path, ofKey) },
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

function printJson(results: readonly Result[], { errors }: Manifests, summary: Summary, io: Io): void {
  const violations = results.map(({ spot, rule, severity, field, message }) => ({
    ...{ ...spot, severity, rule: rule.id, field, message },
  }));
  io.out(`${jsonText({ ...summary, violations, errors })}\n`);
}

function printSarif(results: readonly Result[], { errors }: Manifests, version: string, io: Io): void {
  const worstFirst = results.toSorted(
    (one, other) => Number(one.severity !== 'error') - Number(other.severity !== 'error'),
  );
  const notes = errors.map(({ message, ...spot }) => ({ text: message, spot }));
  for (const text of batches(formatSarif(worstFirst, worstFirst.length, notes, version))) io.out(text);
}

function printText(results: readonly Result[], { errors }: Manifests, summary: Summary, io: Io): void {
  for (const { file, line, column, message } of errors) io.err(printedLine(`${file}:${line}:${column}: ${message}`));
  for (const result of results) io.out(resultLine(result));
  const { objects, denials, warnings, skipped } = summary;
  io.err(
    `${plural(objects, 'object')} checked: ${plural(denials, 'denial')}, ${plural(warnings, 'warning')}; ${plural(skipped, 'other object')} skipped\n`,
  );
}

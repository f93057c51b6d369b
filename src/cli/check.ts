import { printedLine } from '../endpoints/visible.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import { repositoryPaths } from '../manifests/repository-path.ts';
import { batches, jsonText } from '../report/chunks.ts';
import { plural, resultLine } from '../report/result.ts';
import { formatSarif } from '../report/sarif.ts';
import type { Io } from './io.ts';
import { type JudgeOptions, judgeManifests, type Outcome } from './judge-manifests.ts';
import { countLeftOut, leftOutText, nothingFound } from './nothing-found.ts';
import { passedOver } from './passed-over.ts';

export interface CheckOptions extends JudgeOptions {
  /** Files. */
  readonly policy?: string | readonly string[] | undefined;
  readonly output: 'text' | 'json' | 'sarif';
  readonly allowEmpty?: boolean;
  readonly sarifRoot?: string;
}

/**
 * Judges manifests as if they were created now. Exit code: 0 no denials, 1 denials, 2 something could not be read, or there was nothing
 * to judge.
 */
export async function check(paths: readonly string[], options: CheckOptions, version: string, io: Io): Promise<number> {
  const policy = readPolicy(options.policy);
  const outcome = await judgeManifests(paths, policy, options, io);
  const nothing = options.allowEmpty ? undefined : nothingFound(paths, outcome);
  const summary = summarize(outcome);
  const remarks = { nothing, unjudged: passedOver(policy) };
  if (options.output === 'json') printJson(outcome, summary, remarks, io);
  else if (options.output === 'sarif') printSarif(outcome, remarks, options, version, io);
  else printText(outcome, summary, remarks, io);
  if (outcome.errors.length > 0 || nothing !== undefined) return 2;
  return summary.denials > 0 ? 1 : 0;
}

type Summary = ReturnType<typeof summarize>;

function summarize({ results, objects, skipped, neverGuarded }: Outcome) {
  const denials = results.filter(({ severity }) => severity === 'error').length;
  return { objects, skipped, neverGuarded, denials, warnings: results.length - denials };
}

/** What is said beside the results: that there was nothing to judge, which is an error, and which rules did not judge, which is none. */
interface Remarks {
  readonly nothing: string | undefined;
  readonly unjudged: string | undefined;
}

function printJson(
  { results, errors, leftOut }: Outcome,
  summary: Summary,
  { nothing, unjudged }: Remarks,
  io: Io,
): void {
  const violations = results.map(({ spot, rule, severity, field, message }) => ({
    ...{ ...spot, severity, rule: rule.id, field, message },
  }));
  const all = nothing === undefined ? errors : [...errors, { message: nothing }];
  const notes = unjudged === undefined ? [] : [{ message: unjudged }];
  io.out(`${jsonText({ ...summary, leftOut: countLeftOut(leftOut), violations, errors: all, notes })}\n`);
}

function printSarif(
  { results, errors, objects, skipped, neverGuarded }: Outcome,
  { nothing, unjudged }: Remarks,
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
    ...(unjudged === undefined ? [] : [{ text: unjudged, level: 'note' as const }]),
  ];
  const counts = { objects, skipped, neverGuarded };
  for (const text of batches(formatSarif(worstFirst, worstFirst.length, notes, version, counts))) io.out(text);
}

function printText(
  { results, errors, leftOut }: Outcome,
  summary: Summary,
  { nothing, unjudged }: Remarks,
  io: Io,
): void {
  for (const { file, line, column, message } of errors) io.err(printedLine(`${file}:${line}:${column}: ${message}`));
  for (const result of results) io.out(resultLine(result));
  const { objects, denials, warnings, skipped, neverGuarded } = summary;
  const unguarded = `, ${plural(neverGuarded, 'object')} in namespaces that are never guarded`;
  io.err(
    `${plural(objects, 'object')} checked: ${plural(denials, 'denial')}, ${plural(warnings, 'warning')}; ${plural(skipped, 'other object')} skipped${neverGuarded > 0 ? unguarded : ''}\n`,
  );
  if (unjudged !== undefined) io.err(`${unjudged}\n`);
  if (leftOut.length > 0) io.err(`left out: ${leftOutText(leftOut)}\n`);
  if (nothing !== undefined) io.err(printedLine(`endpoints-webhook: ${nothing}`));
}

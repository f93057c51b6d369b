import { causeText } from '../admission/denial.ts';
import { listRefusals } from '../api-validation/refusals.ts';
import { withRefusals } from '../api-validation/with-refusals.ts';
import { pathText } from '../endpoints/field-path.ts';
import type { Manifest, Problem } from '../manifests/manifest.ts';
import type { LeftOut } from '../manifests/manifest-files.ts';
import { type Manifests, readManifests } from '../manifests/manifests.ts';
import type { Policy } from '../policy/policy.ts';
import { type Result, severities } from '../report/result.ts';
import { maxCountedPerRule } from '../review/judge.ts';
import { review } from '../review/review.ts';
import { wellFormed } from '../rules/well-formed.ts';
import { type GuardedOptions, leaveOutExempt, namespaceOf } from './guarded-manifests.ts';
import type { Io } from './io.ts';

export interface JudgeOptions extends GuardedOptions {
  /** Patterns as in a .gitignore. */
  readonly exclude?: readonly string[];
}

/** What was found in all files together. */
export interface Outcome {
  readonly results: readonly Result[];
  /** What could not be read. */
  readonly errors: readonly Problem[];
  /** How many files were read, standard input among them. */
  readonly files: number;
  readonly leftOut: readonly LeftOut[];
  readonly objects: number;
  readonly skipped: number;
  readonly neverGuarded: number;
}

/** Judges one file after the other, so that no more than one is in memory. */
export async function judgeManifests(
  paths: readonly string[],
  policy: Policy,
  options: JudgeOptions,
  io: Io,
): Promise<Outcome> {
  const [results, errors, leftOut]: [Result[], Problem[], LeftOut[]] = [[], [], []];
  const counts = { files: 0, objects: 0, skipped: 0, neverGuarded: 0 };
  for await (const file of readManifests(paths, options.exclude ?? [], io)) {
    if (file.leftOut) leftOut.push(file.leftOut);
    if (file.leftOut) continue;
    const guarded = leaveOutExempt(file, options);
    if (counts.files++ % 100 === 0) io.progress?.(`reading files: ${counts.files}, objects: ${counts.objects}`);
    for (const result of resultsOf(guarded, policy, options)) results.push(result);
    for (const error of guarded.errors) errors.push(error);
    counts.objects += guarded.objects.length;
    counts.skipped += guarded.skipped;
    counts.neverGuarded += guarded.neverGuarded;
  }
  io.progress?.('');
  return { results, errors, leftOut, ...counts };
}

function resultsOf(manifests: Manifests, policy: Policy, options: JudgeOptions): readonly Result[] {
  return [
    ...listDuplicates(manifests),
    ...manifests.objects.flatMap((manifest) => judgeManifest(manifest, policy, options)),
  ];
}

function judgeManifest(
  { kind, file, object, inside, at, unjudged }: Manifest,
  policy: Policy,
  options: JudgeOptions,
): readonly Result[] {
  const requester = { user: '', groups: [] };
  const namespace = namespaceOf(object) ?? options.namespace;
  const verdict = review(policy, { kind, operation: 'CREATE', namespace, requester, object });
  const told = verdict.exemption ? [] : verdict.violations.filter(({ enforcement }) => enforcement !== 'audit');
  return withRefusals(told, listRefusals(kind, object, maxCountedPerRule))
    .filter(({ finding }) => !unjudged.has(pathText(finding.path)))
    .map(({ ofKey, ...violation }) => ({
      spot: { file, ...at(violation.finding.path, ofKey) },
      severity: severities[violation.enforcement],
      rule: violation.rule,
      field: pathText([...inside, ...violation.finding.path]),
      message: causeText(violation, ''),
    }));
}

function listDuplicates({ duplicates }: Manifests): readonly Result[] {
  return duplicates.map(({ message, ...spot }) => ({
    ...{ spot, severity: 'error', rule: wellFormed, field: '', message },
  }));
}

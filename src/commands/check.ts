import { causeText } from '../admission/denial.ts';
import { fieldsOf } from '../endpoints/fields.ts';
import { pathText } from '../endpoints/finding.ts';
import { review } from '../review/review.ts';
import type { Io } from './io.ts';
import { type Manifest, type Manifests, readManifests } from './manifests.ts';
import { readPolicy } from './policy-file.ts';

export interface CheckOptions {
  readonly policy?: string;
  readonly namespace: string;
  readonly output: 'text' | 'json';
}

/** One thing to mend, and where. */
interface Line {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly field: string;
  readonly message: string;
}

/** Judges manifests as if they were created now. Exit code: 0 clean or warnings only, 1 denials, 2 something could not be read. */
export async function check(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const policy = readPolicy(options.policy);
  const manifests = await readManifests(paths, io);
  const { objects, errors } = manifests;
  const lines = [...duplicateLines(manifests), ...objects.flatMap((manifest) => judged(manifest, policy, options))];
  const denied = lines.filter(({ severity }) => severity === 'error').length;
  const summary = {
    objects: objects.length,
    skipped: manifests.skipped,
    denials: denied,
    warnings: lines.length - denied,
  };
  if (options.output === 'json') io.out(`${JSON.stringify({ ...summary, violations: lines, errors }, undefined, 2)}\n`);
  else printText(lines, manifests, summary, io);
  if (errors.length > 0) return 2;
  return denied > 0 ? 1 : 0;
}

function judged(
  { kind, file, object, at }: Manifest,
  policy: ReturnType<typeof readPolicy>,
  options: CheckOptions,
): readonly Line[] {
  const requester = { user: '', groups: [] };
  const namespace = namespaceOf(object) ?? options.namespace;
  const verdict = review(policy, { kind, operation: 'CREATE', namespace, requester, object });
  if (verdict.pardon) return [];
  return verdict.violations
    .filter(({ enforcement }) => enforcement !== 'audit')
    .map((violation) => ({
      file,
      ...at(violation.finding.path),
      severity: violation.enforcement === 'deny' ? 'error' : 'warning',
      rule: violation.rule.id,
      field: pathText(violation.finding.path),
      message: causeText(violation, ''),
    }));
}

function namespaceOf(object: unknown): string | undefined {
  const { namespace } = fieldsOf(fieldsOf(object).metadata);
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

function duplicateLines({ duplicates }: Manifests): readonly Line[] {
  return duplicates.map((duplicate) => ({ ...duplicate, severity: 'error', rule: 'well-formed', field: '' }));
}

function printText(
  lines: readonly Line[],
  { errors }: Manifests,
  summary: Readonly<Record<string, number>>,
  io: Io,
): void {
  for (const { file, line, column, message } of errors) io.err(`${file}:${line}:${column}: ${message}\n`);
  for (const { file, line, column, severity, field, message, rule } of lines)
    io.out(
      `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${field && `${field}: `}${message} [${rule}]\n`,
    );
  const { objects, denials, warnings, skipped } = summary;
  io.err(
    `${count(objects, 'object')} checked: ${count(denials, 'denial')}, ${count(warnings, 'warning')}; ${count(skipped, 'other object')} skipped\n`,
  );
}

function count(number = 0, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

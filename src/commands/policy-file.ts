import { readFileSync } from 'node:fs';
import { defaultPolicy, defaultPolicySource, type Policy, parsePolicy, policyFindingText } from '../policy/policy.ts';
import { locate, parseDocuments } from './yaml-source.ts';

/** Bad usage or a file that cannot be read: the command ends with this message and exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly lines: readonly string[];

  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    super([lines].flat().join('\n'), options);
    this.lines = [lines].flat();
  }
}

/** Reads a policy file; the default policy where none is named. Throws a UsageError naming file, line and column. */
export function readPolicy(file: string | undefined): Policy {
  return readPolicySource(file).policy;
}

/** The policy, and what its file says, for those who have to show it. */
export function readPolicySource(file: string | undefined): { readonly policy: Policy; readonly source: unknown } {
  if (file === undefined) return { policy: defaultPolicy(), source: defaultPolicySource };
  const documents = parseDocuments(readTextFile(file));
  const [document] = documents;
  if (!document || documents.length > 1)
    throw new UsageError(`${file}: holds ${documents.length} documents, not one policy`);
  const problems = [...document.problems, ...document.duplicates].map(
    ({ line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
  if (problems.length > 0) throw new UsageError(problems);
  const { policy, findings } = parsePolicy(document.value);
  if (policy) return { policy, source: document.value };
  const lines = findings.map((finding) => {
    const { line, column } = locate(document, finding.path, finding.key);
    return `${file}:${line}:${column}: ${policyFindingText(finding)}`;
  });
  throw new UsageError(lines);
}

export function readTextFile(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

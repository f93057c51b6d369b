import { UsageError } from '../cli/usage-error.ts';
import { defaultPolicy, type Policy, parsePolicy, policyFindingText } from '../policy/policy.ts';
import { readTextFile } from './text-file.ts';
import { locate, parseDocuments } from './yaml-source.ts';

/** Reads a policy file; the default policy where none is named. Throws a UsageError naming file, line and column. */
export function readPolicy(file: string | undefined, extraServiceLabels: readonly string[] = []): Policy {
  if (file === undefined) return { ...defaultPolicy(), extraServiceLabels };
  const documents = [...parseDocuments(readTextFile(file))];
  const [document] = documents;
  if (!document || documents.length > 1)
    throw new UsageError(`${file}: holds ${documents.length} documents, not one policy`);
  const problems = [...document.problems, ...document.duplicates].map(
    ({ line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
  if (problems.length > 0) throw new UsageError(problems);
  const { policy, findings } = parsePolicy(document.value, extraServiceLabels);
  if (policy) return policy;
  const lines = findings.map((finding) => {
    const { line, column } = locate(document, finding.path, finding.key);
    return `${file}:${line}:${column}: ${policyFindingText(finding)}`;
  });
  throw new UsageError(lines);
}

import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.ts';
import { mergePolicies } from '../policy/merge.ts';
import {
  defaultPolicySource,
  type Policy,
  type PolicyFinding,
  parsePolicy,
  policyFindingText,
} from '../policy/policy.ts';
import { decodeText } from './text-file.ts';
import { locate, parseDocuments, type YamlDocument } from './yaml-source.ts';

/** A file, and what stands in it. */
export interface PolicyText {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads policy files, of which later ones are merged over earlier ones; the default policy where none is named. Throws a UsageError that
 * names each mistake by file, line and column.
 */
export function readPolicy(files: string | readonly string[] = [], extraServiceLabels: readonly string[] = []): Policy {
  return parsePolicyTexts(readPolicyTexts([files].flat()), extraServiceLabels);
}

/** Throws a UsageError where a file cannot be read, or is larger than a ConfigMap may be. */
export function readPolicyTexts(files: readonly string[]): readonly PolicyText[] {
  return files.map((file) => ({ file, text: readText(file) }));
}

/** Throws a UsageError as `readPolicy` does. */
export function parsePolicyTexts(texts: readonly PolicyText[], extraServiceLabels: readonly string[] = []): Policy {
  const documents = texts.map(readDocument);
  const problems = documents.flatMap(problemsOf);
  if (problems.length > 0) throw new UsageError(problems);
  const merged = mergePolicies([defaultPolicySource, ...documents.map(({ document }) => document.value)]);
  const { policy, findings } = parsePolicy(merged, extraServiceLabels);
  if (policy) return policy;
  const files = texts.map(({ file }) => file).join(' and ');
  throw new UsageError(findings.map((finding) => `${files} together: ${policyFindingText(finding)}`));
}

/** As much as a ConfigMap holds. */
const maxBytes = 1024 * 1024;

function readText(file: string): string {
  try {
    return decodeText(readAtMost(file));
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function readAtMost(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (length > maxBytes) throw new Error(`it has more than ${maxBytes} bytes, which no ConfigMap holds: divide it`);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

interface ReadDocument {
  readonly file: string;
  readonly document: YamlDocument;
}

function readDocument({ file, text }: PolicyText): ReadDocument {
  const documents = [...parseDocuments(text)];
  const [document] = documents;
  if (document && documents.length === 1) return { file, document };
  throw new UsageError(`${file}: holds ${documents.length} documents, not one policy`);
}

/** What is wrong with a file by itself. */
function problemsOf({ file, document }: ReadDocument): readonly string[] {
  const broken = [...document.problems, ...document.duplicates].map(
    ({ line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
  if (broken.length > 0) return broken;
  const lineOf = (finding: PolicyFinding) => {
    const { line, column } = locate(document, finding.path, finding.key);
    return `${file}:${line}:${column}: ${policyFindingText(finding)}`;
  };
  return (parsePolicy(document.value).findings ?? []).map(lineOf);
}

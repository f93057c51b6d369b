import { statSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.ts';
import { parsePolicyTexts, readPolicyTexts } from '../manifests/policy-file.ts';
import type { Policy } from '../policy/policy.ts';

/** What stands in policy files at some time. */
export interface PolicySource {
  /** Differs whenever one of them does. */
  readonly content: string;
  /** Throws a UsageError where they are no valid policy, or cannot be read. */
  parse(): Policy;
}

/** How often files are read that change meanwhile. */
const maxTries = 3;

/** Reads files together: the kubelet may exchange those of one volume between two of them. Never throws. */
export function readSource(files: readonly string[], extraServiceLabels: readonly string[]): PolicySource {
  let source = readOnce(files, extraServiceLabels);
  if (!areFollowed(files)) return source;
  for (let tries = 1; tries < maxTries; tries++) {
    const again = readOnce(files, extraServiceLabels);
    if (again.content === source.content) break;
    source = again;
  }
  return source;
}

function readOnce(files: readonly string[], extraServiceLabels: readonly string[]): PolicySource {
  try {
    const texts = readPolicyTexts(files);
    return { content: JSON.stringify(texts), parse: () => parsePolicyTexts(texts, extraServiceLabels) };
  } catch (error) {
    const parse = () => {
      throw error;
    };
    return { content: String(error), parse };
  }
}

/** The same, of files that were read before. None may be something else meanwhile, which might never end. */
export function readAgain(files: readonly string[], extraServiceLabels: readonly string[]): PolicySource {
  if (areFollowed(files)) return readSource(files, extraServiceLabels);
  return {
    content: 'no file',
    parse() {
      throw new UsageError(`${files.join(' or ')} is no regular file any more`);
    },
  };
}

/** Whether they can be read again and again. A pipe can be read once. */
export function areFollowed(files: readonly string[]): boolean {
  return files.length > 0 && files.every(isFollowed);
}

function isFollowed(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return true;
  }
}

import type { Io } from '../cli/io.ts';
import { UsageError } from '../cli/usage-error.ts';
import { type Collection, collect } from './collect.ts';
import { firstProblemOnly, isSettings } from './first-problem.ts';
import type { Manifest, Problem } from './manifest.ts';
import { findManifestFiles, type LeftOut } from './manifest-files.ts';
import { readTextFile } from './text-file.ts';

/** What one file holds, or that it was left out. */
export interface Manifests {
  /** Those that are judged. */
  readonly objects: readonly Manifest[];
  /** How many objects are of other kinds, and hold none of ours. */
  readonly skipped: number;
  /** What could not be read. */
  readonly errors: readonly Problem[];
  /** Keys that are in one map twice: a strict API server refuses the object. */
  readonly duplicates: readonly Problem[];
  readonly leftOut?: LeftOut;
}

/** Of texts in manifests, for all files together. */
const maxCharacters = 67_108_864;

/** Reads files, folders (recursively: .yaml, .yml, .json) and `-`, standard input; each file once, and holds none longer than it is used. */
export async function* readManifests(
  paths: readonly string[],
  exclude: readonly string[],
  io: Io,
): AsyncIterable<Manifests> {
  let charactersLeft = maxCharacters;
  for (const { file, problem, leftOut } of findManifestFiles(paths, exclude)) {
    const found: Collection = { objects: [], skipped: 0, errors: [], duplicates: [], charactersLeft };
    if (problem !== undefined) found.errors.push(unreadable(file, problem));
    const isRead = problem === undefined && leftOut === undefined;
    const text = isRead ? await readSource(file, io, found.errors) : undefined;
    if (text !== undefined) collect(file, text, found);
    charactersLeft = found.charactersLeft;
    if (text !== undefined && !paths.includes(file) && isSettings(file, text, found.errors))
      yield { ...found, errors: [], skipped: found.skipped + 1 };
    else yield { ...found, errors: firstProblemOnly(found.errors, text ?? ''), ...(leftOut && { leftOut }) };
  }
}

async function readSource(file: string, io: Io, errors: Problem[]): Promise<string | undefined> {
  try {
    return file === '-' ? await io.input() : readTextFile(file);
  } catch (error) {
    const { message } = (error instanceof UsageError ? error.cause : error) as Error;
    errors.push(unreadable(file, message));
    return undefined;
  }
}

function unreadable(file: string, why: string): Problem {
  return { file, line: 1, column: 1, message: `cannot read it: ${why}` };
}

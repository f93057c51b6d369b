import type { Io } from '../cli/io.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { Path } from '../endpoints/field-path.ts';
import type { Kind } from '../endpoints/view.ts';
import { isFields } from '../json/fields.ts';
import { allKinds, kindNamed } from '../kinds/index.ts';
import { findManifestFiles } from './manifest-files.ts';
import { readTextFile } from './text-file.ts';
import { locate, type Position, parseDocuments, type YamlDocument } from './yaml-source.ts';

/** One object of a manifest. */
export interface Manifest {
  readonly kind: Kind;
  readonly file: string;
  readonly object: unknown;
  /** Where a value is, or its key. */
  readonly at: (path: Path, ofKey?: boolean) => Position;
}

/** What is wrong with a file, before any rule is checked. */
export interface Problem extends Position {
  readonly file: string;
  readonly message: string;
}

export interface Manifests {
  /** Those that are judged. */
  readonly objects: readonly Manifest[];
  /** How many objects are of other kinds. */
  readonly skipped: number;
  /** What could not be read. */
  readonly errors: readonly Problem[];
  /** Keys that are in one map twice: a strict API server refuses the object. */
  readonly duplicates: readonly Problem[];
}

/** Reads files, folders (recursively: .yaml, .yml, .json) and `-`, standard input; each file once. */
export async function readManifests(paths: readonly string[], io: Io): Promise<Manifests> {
  const found = { objects: [] as Manifest[], skipped: 0, errors: [] as Problem[], duplicates: [] as Problem[] };
  for (const { file, problem } of findManifestFiles(paths)) {
    if (problem !== undefined) found.errors.push(unreadable(file, problem));
    const text = problem === undefined ? await readSource(file, io, found.errors) : undefined;
    if (text === undefined) continue;
    for (const document of parseDocuments(text)) {
      for (const problem of document.problems) found.errors.push({ file, ...problem });
      const objects = objectsOf(document.value, []);
      const ours = objects.flatMap((object) => manifestOf(file, document, object) ?? []);
      found.skipped += objects.length - ours.length;
      if (ours.length > 0) for (const duplicate of document.duplicates) found.duplicates.push({ file, ...duplicate });
      found.objects.push(...ours);
    }
  }
  return found;
}

/** `undefined` for an object that is not judged. */
function manifestOf(
  file: string,
  document: YamlDocument,
  { object, path: inside }: LocatedObject,
): Manifest | undefined {
  const kind = kindOf(object);
  return kind && { kind, file, object, at: (path, ofKey) => locate(document, [...inside, ...path], ofKey) };
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

interface LocatedObject {
  readonly object: unknown;
  readonly path: Path;
}

/** The objects of a document: itself, or the items of a List. In a list of one kind, items may leave out kind and apiVersion. */
function objectsOf(value: unknown, path: Path): readonly LocatedObject[] {
  if (value === null || value === undefined) return [];
  if (!isFields(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List') || !Array.isArray(value.items))
    return [{ object: value, path }];
  const kind = allKinds.find((known) => value.kind === `${known.kind}List`)?.kind;
  const implied = kind ? { kind, apiVersion: value.apiVersion } : {};
  return value.items.flatMap((item: unknown, i) =>
    objectsOf(isFields(item) ? { ...implied, ...item } : item, [...path, 'items', i]),
  );
}

/** A judged kind, of any version; a kind of the same name in another group is not judged. */
function kindOf(object: unknown): Kind | undefined {
  if (!isFields(object)) return undefined;
  const known = kindNamed(object.kind);
  const [group, version] = typeof object.apiVersion === 'string' ? object.apiVersion.split('/') : [];
  return version === undefined || group === known?.group ? known?.kind : undefined;
}

import { type Path, pathText } from '../endpoints/field-path.ts';
import { quote } from '../endpoints/quote.ts';
import { isTemplateText, maxText } from './embedded-text.ts';
import { findObjects } from './find-objects.ts';
import type { FoundObject, FoundText, Origin } from './found.ts';
import type { Manifest, Problem } from './manifest.ts';
import { placeInText } from './place-in-text.ts';
import { findPlaceholders } from './placeholders.ts';
import type { Position } from './position.ts';
import { locate, parseDocuments, type YamlDocument } from './yaml-source.ts';

/** Texts in texts in texts are not read. */
const maxDepth = 3;

export interface Collection {
  readonly objects: Manifest[];
  skipped: number;
  readonly errors: Problem[];
  readonly duplicates: Problem[];
  /** How many characters may still be read of texts in texts. */
  charactersLeft: number;
}

/** A text, and where what stands in it stands in the file. */
interface Source {
  readonly file: string;
  readonly text: string;
  readonly place: (position: Position) => Position;
  /** The path of the text in the object that carries it. */
  readonly inside: Path;
  readonly depth: number;
  readonly origin?: Origin;
}

/** Adds what a file holds to what was found. */
export function collect(file: string, text: string, found: Collection): void {
  const source = { file, text, place: (position: Position) => position, inside: [], depth: 0 };
  for (const document of parseDocuments(text)) {
    for (const problem of document.problems) found.errors.push({ file, ...problem });
    collectDocument(document, source, found);
  }
}

function collectDocument(document: YamlDocument, source: Source, found: Collection): void {
  const { file, place, origin } = source;
  const { objects, texts, others, problems } = findObjects(document.value, origin);
  const before = found.objects.length;
  for (const { path, message } of problems) found.errors.push({ file, ...place(locate(document, path)), message });
  for (const object of objects) collectObject(object, document, source, found);
  if (objects.length > 0)
    for (const { message, ...position } of document.duplicates)
      found.duplicates.push({ file, ...place(position), message });
  for (const text of texts) collectText(text, document, source, found);
  if (origin && found.objects.length > before) origin.carrier.carries = true;
  found.skipped += others.filter(({ carries }) => !carries).length;
}

function collectObject(one: FoundObject, document: YamlDocument, source: Source, found: Collection): void {
  const { kind, object, path, isInTemplate } = one;
  const { file, place } = source;
  const at = (inner: Path, ofKey?: boolean) => place(locate(document, [...path, ...inner], ofKey));
  const inside = [...source.inside, ...one.inside];
  const placeholders = source.origin || inside.length > 0 ? findPlaceholders(object) : [];
  const unjudged = new Map(
    placeholders.map(({ path, text }) => {
      const message = `${pathText([...inside, ...path])}: ${placeholderText(text, isInTemplate)}`;
      return [pathText(path), { file, ...at(path), message }];
    }),
  );
  found.objects.push({ kind, file, object, inside, at, unjudged });
}

function placeholderText(text: string, isInTemplate: boolean): string {
  return isInTemplate
    ? `${quote(text)} is a template parameter without a value: process the template first: oc process --local -f … | endpoints-webhook check -`
    : `${quote(text)} is filled in later, so it cannot be judged: check what comes of it`;
}

function collectText(one: FoundText, document: YamlDocument, source: Source, found: Collection): void {
  const { file, depth } = source;
  const { text, path } = one;
  const inside = [...source.inside, ...one.inside];
  const start = locate(document, path);
  const report = (message: string) =>
    found.errors.push({ file, ...source.place(start), message: `${pathText(inside)}: ${message}` });
  found.charactersLeft -= text.length;
  if (text.length > maxText || found.charactersLeft < 0) return void report('the text is too large to be looked into');
  if (depth === maxDepth) return void report('a text inside texts inside texts is not looked into');
  const toOuter = placeInText(source.text, start, text);
  const inner = {
    file,
    text,
    place: (position: Position) => source.place(toOuter(position)),
    inside,
    depth: depth + 1,
    origin: one,
  };
  const documents = [...parseDocuments(text)];
  if (documents.some(({ problems }) => problems.length > 0) && isTemplateText(text))
    report('a template of Endpoints or EndpointSlices cannot be judged: render it first, and check what comes of it');
  for (const document of documents) collectDocument(document, inner, found);
}

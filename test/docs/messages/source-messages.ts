import { globSync, readFileSync } from 'node:fs';
import { parseAst } from 'vitest/node';
import { fieldsOf } from '../../../src/json/fields.ts';

/** A text that the program can print. What is filled in at run time is `…`. */
export interface Message {
  readonly text: string;
  readonly file: string;
}

type Node = Readonly<Record<string, unknown>>;

/** Errors that are thrown, and lines of the log at warn and above. */
export function sourceMessages(): readonly Message[] {
  return globSync('src/**/*.ts').sort().flatMap(messagesOf);
}

/** Every text of files whose texts are read by users, but for those that are logged. */
export function messagesIn(files: readonly string[]): readonly Message[] {
  return files.flatMap((file) => textsOf(parse(readFileSync(file, 'utf8'))).map((text) => ({ text, file })));
}

function parse(text: string): unknown {
  return parseAst(text, { lang: 'ts' });
}

function messagesOf(file: string): readonly Message[] {
  const text = readFileSync(file, 'utf8');
  if (!/Error\(|\blog\b/.test(text)) return [];
  return [...nodesOf(parse(text))]
    .flatMap(argumentsWithText)
    .flatMap(textsOf)
    .map((text) => ({ text, file }));
}

/** The argument that has the text: the first of an error, all of a line of the log. */
function argumentsWithText({ type, callee, arguments: given }: Node): readonly unknown[] {
  const called = fieldsOf(callee);
  const args = Array.isArray(given) ? given : [];
  if (type === 'NewExpression' && /Error$/.test(String(called.name))) return args.slice(0, 1);
  const isLoud = !/^(?:info|debug|trace)$/.test(String(fieldsOf(called.property).name));
  return isLoud && isLogCall({ type, callee }) ? args.filter((one) => fieldsOf(one).type !== 'ObjectExpression') : [];
}

/** Whether it is `log.…()` or `….log.…()`. */
function isLogCall({ type, callee }: Node): boolean {
  const { name, property } = fieldsOf(fieldsOf(callee).object);
  if (type !== 'CallExpression') return false;
  return name === 'log' || fieldsOf(property).name === 'log';
}

function* nodesOf(node: unknown): Generator<Node> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield fieldsOf(node);
  for (const value of Object.values(node)) yield* nodesOf(value);
}

/** Texts of more than one word, as far as they do not stand inside of another. */
function textsOf(node: unknown): readonly string[] {
  const fields = fieldsOf(node);
  if (Array.isArray(node)) return node.flatMap(textsOf);
  if (typeof node !== 'object' || node === null || fields.type === 'ImportDeclaration') return [];
  if (isLogCall(fields)) return [];
  const text = textOf(fields);
  if (text === undefined) return Object.values(fields).flatMap(textsOf);
  return isSentence(text) ? [text] : [];
}

function textOf({ type, value, quasis }: Node): string | undefined {
  if (type === 'Literal' && typeof value === 'string') return value;
  if (type !== 'TemplateLiteral' || !Array.isArray(quasis)) return undefined;
  return quasis.map((part) => String(fieldsOf(fieldsOf(part).value).cooked)).join('…');
}

function isSentence(text: string): boolean {
  return /[a-z]{2,}[,:"]* ["(a-z…][^ ]* ?[a-z…]/i.test(text.trim()) && /[a-z]{3,} [a-z]+/i.test(text);
}

import fc from 'fast-check';

/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How one text is written: every choice that kubectl does not mind. */
export interface Spelling {
  /** A number from 0 to below `choices`; the same ones in the same order for the same spelling. */
  readonly choose: (choices: number) => number;
}

/** Spells objects as a text that kubectl reads as those objects. */
export function spell(objects: readonly Json[], spelling: Spelling): string {
  const { choose } = spelling;
  if (choose(4) === 0) return objects.map((object) => jsonText(object, choose)).join(['', '\n', ' \n\t'][choose(3)]);
  const documents = objects.map((object) => {
    const anchors = { names: 0, known: new Map<string, string>() };
    if (choose(3) === 0) return `${jsonText(object, choose)}\n`;
    return choose(3) === 0 ? `${flow(object, choose)}\n` : block(object, '', { choose, anchors });
  });
  const separators = ['---\n', '---   \n', '--- # next\n', '---\n# a comment\n\n'];
  const head = ['', '---\n', '# first\n', '\n\n'][choose(4)] ?? '';
  const text = head + documents.map((text, i) => (i === 0 ? text : (separators[choose(4)] ?? '') + text)).join('');
  const ended = choose(4) === 0 && !text.trimEnd().endsWith('}') ? `${text}...\n` : text;
  return choose(4) === 0 ? ended.replaceAll('\n', '\r\n') : ended;
}

/** The bytes of a text, in one of the encodings that kubectl reads. */
export function encode(text: string, { choose }: Spelling): Uint8Array {
  const marked = Buffer.from(`\ufeff${text}`, 'utf16le');
  return [Buffer.from(text), Buffer.from(`\ufeff${text}`), marked, Buffer.from(marked).swap16()][choose(4)] ?? marked;
}

type Choose = Spelling['choose'];

function jsonText(value: Json, choose: Choose): string {
  const text = JSON.stringify(value, undefined, [0, 2, '\t'][choose(3)]);
  return text.replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => escapeOf(character)); // as YAML wants it
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function flow(value: Json, choose: Choose): string {
  const gap = ['', ' ', '\n  ', '\n'][choose(4)] ?? '';
  if (isList(value)) return `[${gap}${value.map((item) => flow(item, choose)).join(`,${gap || ' '}`)}${gap}]`;
  if (!isMap(value)) return scalar(value, choose);
  const pairs = Object.entries(value).map(([key, item]) => `${scalar(key, choose)}: ${flow(item, choose)}`);
  return `{${gap}${pairs.join(`, ${gap}`)}${choose(3) === 0 && pairs.length > 0 ? ',' : ''}${gap}}`;
}

interface BlockContext {
  readonly choose: Choose;
  readonly anchors: { names: number; readonly known: Map<string, string> };
}

/** A value in block style, with lines that end; `indent` of its own lines. */
function block(value: Json, indent: string, context: BlockContext): string {
  const { choose } = context;
  if (isList(value) && value.length > 0)
    return value.map((item) => `${indent}- ${inline(item, `${indent}  `, context)}`).join('');
  if (!isMap(value) || Object.keys(value).length === 0) return `${indent}${flow(value, choose)}\n`;
  return Object.entries(value)
    .map(([key, item]) => {
      const comment = choose(6) === 0 ? `${indent}# about ${JSON.stringify(key)}\n` : '';
      return `${comment}${indent}${scalar(key, choose)}:${choose(5) === 0 ? ' \t' : ' '}${inline(item, `${indent}  `, context)}`;
    })
    .join('');
}

/** What stands after `key:` or `-`, to the end of its lines. */
function inline(value: Json, indent: string, context: BlockContext): string {
  const { choose, anchors } = context;
  const text = JSON.stringify(value);
  const known = anchors.known.get(text);
  if (known !== undefined && choose(2) === 0) return `*${known}\n`;
  let anchor = '';
  if (choose(4) === 0) {
    anchor = `&a${anchors.names++} `;
    anchors.known.set(text, anchor.slice(1, -1));
  }
  if (typeof value !== 'object' || value === null) return `${anchor}${scalarLines(value, indent, choose)}`;
  const isEmpty = Object.keys(value).length === 0;
  if (isEmpty || choose(4) === 0) return `${anchor}${flow(value, choose).replaceAll('\n', `\n${indent}`)}\n`;
  return `${anchor}\n${block(value, indent, context)}`;
}

function scalarLines(value: null | boolean | number | string, indent: string, choose: Choose): string {
  const lines =
    typeof value === 'string' && /^[\x21-\x7e][\x20-\x7e\n]*[\x21-\x7e]\n$/.test(value) && !value.includes('\n\n');
  if (lines && choose(2) === 0)
    return `|\n${value
      .trimEnd()
      .split('\n')
      .map((line) => `${indent}${line}\n`)
      .join('')}`;
  return `${scalar(value, choose)}${choose(6) === 0 ? ' # why' : ''}\n`;
}

function scalar(value: null | boolean | number | string, choose: Choose): string {
  if (value === null) return ['null', '~', 'Null', 'NULL'][choose(4)] ?? 'null';
  if (typeof value === 'boolean') return (value ? ['true', 'yes', 'On'] : ['false', 'No', 'off'])[choose(3)] ?? '';
  if (typeof value === 'number') return number(value, choose);
  if (isPlain(value) && choose(2) === 0) return value;
  if (/^[\x20-\x7e]*$/.test(value) && choose(2) === 0) return `'${value.replaceAll("'", "''")}'`;
  return quoted(value);
}

function number(value: number, choose: Choose): string {
  if (!Number.isSafeInteger(value) || value < 1) return String(value);
  return (
    [String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`, `0b${value.toString(2)}`, `+${value}`][
      choose(5)
    ] ?? ''
  );
}

/** Words that nothing else can be read in. */
function isPlain(text: string): boolean {
  return /^[a-z][a-z0-9./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text);
}

/** In double quotes, with the escapes that YAML 1.1 has. */
function quoted(text: string): string {
  const escaped = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (code >= 0x20 && code < 0x7f) return character;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : escapeOf(character);
  });
  return `"${escaped.join('')}"`;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Endless choices, at random. */
export const spellings: fc.Arbitrary<Spelling> = fc.infiniteStream(fc.nat({ max: 59 })).map((numbers) => ({
  choose: (choices) => Number(numbers.next().value) % choices,
}));

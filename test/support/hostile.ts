import { expect } from 'vitest';

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Code points that nobody sees, or that a terminal or a reader takes for something else. */
export const hostileCodePoints: Readonly<Record<string, readonly number[]>> = {
  'C0 controls': range(0x00, 0x1f),
  'C1 controls and DEL': range(0x7f, 0x9f),
  'bidirectional controls': [0x061c, 0x200e, 0x200f, ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)],
  'zero width': [0x00ad, 0x034f, 0x180e, ...range(0x200b, 0x200d), ...range(0x2060, 0x2064), 0xfeff],
  'line and paragraph separators': [0x2028, 0x2029],
  'spaces that are not the space': [0x00a0, 0x1680, ...range(0x2000, 0x200a), 0x202f, 0x205f, 0x3000],
  'letters without ink': [0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0],
  'variation selectors': [...range(0x180b, 0x180d), ...range(0xfe00, 0xfe0f), ...range(0xe0100, 0xe01ef)],
  'deprecated format characters': range(0x206a, 0x206f),
  'annotations and musical formats': [...range(0xfff9, 0xfffb), ...range(0x1d173, 0x1d17a)],
  tags: range(0xe0000, 0xe007f),
  'no characters, or private ones': [0xe000, 0xf8ff, 0xfdd0, 0xffff, 0x1fffe, 0x10ffff],
  'lone halves': [0xd800, 0xdbff, 0xdc00, 0xdfff],
};

const all = Object.values(hostileCodePoints).flat();
const textOf = (codePoints: readonly number[]) => String.fromCodePoint(...codePoints);

/** What CI systems take for commands, each where it begins a line. */
const commands = '\n::error::a\r\n  ::set-output name=a::b\n##[add-mask]x\n##vso[task.complete]\n##teamcity[x]';

/** All of it, as JSON can have it. */
export const hostile = `x${commands}\u001b[2J\u001b]8;;x\u0007${textOf(all.filter((code) => code < 0xe0080))}y`;

/** As a file can have it: no lone halves. */
export const hostileText = hostile.toWellFormed().replaceAll('\ufffd', '');

/** As names of files, of at most 255 bytes. */
export const hostileNames: readonly string[] = chunksOf(hostileText.replace(/[\0/]/g, ''), 60);

/** What an exemption takes of it: no control characters. */
export const hostileName = hostileText.replace(/[\0-\u001f\u007f-\u009f]/g, '');

/** As a scalar of YAML that can be read. */
export function quotedForYaml(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/gu, (character) => {
    const digits = (character.codePointAt(0) ?? 0).toString(16);
    return digits.length > 4 ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
  });
}

/** As arguments and variables. */
export const hostileArgument = hostileText.replaceAll('\0', '');

function chunksOf(text: string, length: number): readonly string[] {
  const characters = [...text];
  const starts = range(0, Math.ceil(characters.length / length) - 1);
  return starts.map((i) => `x${characters.slice(i * length, (i + 1) * length).join('')}`);
}

/** Nothing of a text is invisible, and no line of it is a command. */
export function expectVisible(text: string): void {
  const seen = [...text].filter((character) => character !== '\n' && all.includes(character.codePointAt(0) ?? 0));
  expect(seen.map((character) => character.codePointAt(0)?.toString(16))).toEqual([]);
  for (const line of text.split('\n')) expect(line).not.toMatch(/^\s*::|##\w*\[/);
}

/** The same, and no line begins where `hostile` has an end of a line. */
export function expectHarmless(text: string): void {
  expectVisible(text);
  for (const line of text.split('\n')) expect(line).not.toMatch(/^ *(?:\\u003a|:):(?:error|set-output)/);
}

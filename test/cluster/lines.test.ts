import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineCutter } from '../../src/cluster/lines.ts';
import { TooLargeError } from '../../src/cluster/too-large-error.ts';

test.each([
  ['nothing', '', []],
  ['half a line is not told', 'abc', []],
  ['what comes after the last line break is kept back', 'a\nb\nc', ['a', 'b']],
  ['empty lines', '\n\na\n', ['', '', 'a']],
])('%s', (_, text, lines) => {
  expect(createLineCutter(100)(Buffer.from(text))).toEqual(lines);
});

test('however the bytes are cut, the lines are the same', () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, sizes) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const cut = createLineCutter(10_000);
      const seen: string[] = [];
      let from = 0;
      for (const size of [...sizes, bytes.length]) {
        seen.push(...cut(bytes.subarray(from, from + size)));
        from += size;
      }
      expect(seen).toEqual(lines);
    }),
  );
});

test('a line of so many bytes, and none larger, however it arrives', () => {
  const cut = createLineCutter(4);
  expect(cut(Buffer.from('äö\nabcd\nab'))).toEqual(['äö', 'abcd']);
  expect(cut(Buffer.from('cd\n'))).toEqual(['abcd']);
  expect(() => cut(Buffer.from('abcde\n'))).toThrow(TooLargeError);
  expect(() => createLineCutter(4)(Buffer.from('abcde'))).toThrow('a line is larger than 4 bytes');
});

test('a chunk that is written over afterwards changes nothing', () => {
  const cut = createLineCutter(100);
  const chunk = Buffer.from('abc');
  cut(chunk);
  chunk.fill('x');
  expect(cut(Buffer.from('d\n'))).toEqual(['abcd']);
});

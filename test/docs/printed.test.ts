import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printedFiles } from '../../scripts/printed.ts';

test.each(await printedFiles())('$file is what the code prints; if not, run npm run docs', ({ file, text }) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printedFiles } from '../../scripts/printed.ts';

test.each(await printedFiles())('$file is what the code prints; if not, run npm run docs', ({ file, text }) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('the schema of the chart’s values has the schema of policies; if not, run npm run chart', () => {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const { $schema, $id, title, description, required, ...policy } = read('src/policy/policy.schema.json');
  expect(read('charts/endpoints-webhook/values.schema.json').$defs.policy).toEqual(policy);
});

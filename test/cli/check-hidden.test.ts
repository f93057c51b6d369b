import { expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';

// What kubectl 1.37.2 applies of such a text was seen with `kubectl create --dry-run=server`.

const good =
  '{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},"subsets":[{"addresses":[{"ip":"10.1.2.3"}],"ports":[{"port":80}]}]}';
const denied = good.replace('web', 'metadata-server').replace('10.1.2.3', '169.254.169.254');
const block = [
  ...['apiVersion: v1', 'kind: Endpoints', 'metadata: {name: metadata-server}'],
  'subsets: [{addresses: [{ip: 169.254.169.254}], ports: [{port: 80}]}]',
];

const check = (input: string) => runCommand(['check', '-'], { input });

test('null between JSON objects does not hide what comes after it', async () => {
  for (const stream of [
    [good, 'null', denied],
    [good, good, 'null', denied],
  ]) {
    const { code, out } = await check(`${stream.join('\n')}\n`);
    expect(out).toContain(`-:${stream.length}:`);
    expect(out).toContain('"169.254.169.254" is a link-local address');
    expect(code).toBe(1);
  }
});

test.each([
  ['NEL', '\u0085'],
  ['LINE SEPARATOR', '\u2028'],
  ['PARAGRAPH SEPARATOR', '\u2029'],
])('what follows a %s is not a part of the comment, or of the text, before it', async (_, end) => {
  const text = [
    'apiVersion: v1',
    'metadata:',
    '  name: web',
    '  annotations:',
    '    a: |',
    `      b${end}kind: Endpoints`,
  ];
  for (const hidden of [`# c${end}${block.join(end)}`, [...text, block[3]].join('\n')]) {
    const { code, out } = await check(`${good}\n---\n${hidden}\n`);
    expect(out).toContain('"169.254.169.254" is a link-local address');
    expect(code).toBe(1);
  }
});

test.each([
  ['text', 'just text', '2:1', '"just text"'],
  ['a number', '---\n5', '3:1', '5'],
  ['an object behind a space that is none in YAML', `\u00a0${denied}`, '2:1', ''],
])('a document that is no object is an error: %s', async (_, document, place, value) => {
  const { code, err } = await check(`${good}\n${document}\n`);
  expect(err).toContain(`${place}: `);
  expect(err).toContain(`${value} is not an object`.trimStart());
  expect(code).toBe(2);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutItems, findMember } from '../../src/json/cut-items.ts';

const cut = (text: string) => {
  const list = cutItems(Buffer.from(text));
  return list && { items: list.items.map(String), metadata: list.metadata };
};

test('the items of any list are those that JSON.parse reads', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.jsonValue(),
      fc.constantFrom(undefined, 1, '\t'),
      (items, metadata, space) => {
        const list = cutItems(
          Buffer.from(JSON.stringify({ kind: 'List', metadata, items, apiVersion: 'v1' }, null, space)),
        );
        expect(list?.items.map((item) => JSON.parse(item.toString()))).toEqual(JSON.parse(JSON.stringify(items)));
        expect(list?.metadata).toEqual(JSON.parse(JSON.stringify(metadata)));
      },
    ),
  );
});

test.each([
  ['{"items":[]}', []],
  ['{"items":[ ]}', []],
  ['{"a":{"items":[1]},"items":[{"items":[2]}]}', ['{"items":[2]}']],
  ['{"a":"\\"items\\":[","items":[1]}', ['1']],
  ['{"items":["a,b","]","\\\\","\\""]}', ['"a,b"', '"]"', '"\\\\"', '"\\""']],
  [' { "items" : [ {"a":1} , [2] ] } ', ['{"a":1} ', '[2] ']],
])('of %s', (text, items) => expect(cut(text)?.items).toEqual(items));

test.each([
  '',
  '{}',
  '[]',
  '[{"items":[]}]',
  'null',
  '"items"',
  '<html>',
  '{"items":{}}',
  '{"items":null}',
  '{"items":[1}',
  '{"items":[1',
  '{"items":["a]}',
  '{"items":[]',
  '{"items":[]}}',
  '{"items":[],"items":[1]}',
  '{"items":[1],"metadata":}',
])('%j is no list', (text) => expect(cut(text)).toBeUndefined());

test('a member is found where it is one of the object itself', () => {
  const text = '{"a":{"kind":"x"},"b":["kind","c"],"d":"kind","kind" : "Endpoints"}';
  expect(text.slice(findMember(Buffer.from(text), 'kind'))).toBe('"Endpoints"}');
  for (const other of ['{}', '[{"kind":"x"}]', '"kind"', '{"a":"kind"}', '{"kind"'])
    expect(findMember(Buffer.from(other), 'kind')).toBeUndefined();
});

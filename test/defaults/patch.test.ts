import { expect, test } from 'vitest';
import { createDefaultsPatch, type PatchOperation } from '../../src/defaults/patch.ts';

const document = [
  { addresses: [{ ip: '172.16.106.152' }], ports: [{ port: 1 }] },
  { addresses: [{ ip: '172.16.79.157' }], ports: [{ port: 1 }] },
];
const response = [
  { addresses: [{ ip: '172.16.106.152' }, { ip: '172.16.79.157' }], ports: [{ port: 1, protocol: 'TCP' }] },
];
const filled = document.map(({ addresses, ports: [port] }) => ({ addresses, ports: [{ ...port, protocol: 'TCP' }] }));
const always = () => true;

/** RFC 6902 "replace" at the root of an object: the member has to be there. */
function apply(object: object, patch: readonly PatchOperation[]): object {
  const members = new Map<string, unknown>(Object.entries(object));
  for (const { op, path, value } of patch) {
    if (op !== 'replace' || !members.has(path.slice(1))) throw new Error(`cannot ${op} ${path}`);
    members.set(path.slice(1), value);
  }
  return Object.fromEntries(members);
}

test.each([
  ['without protocols', document, { protocol: true, packable: always }, response],
  ['with protocols, as an API server sends it', filled, { protocol: true, packable: always }, response],
  ['with one protocol', [filled[0], document[1]], { protocol: true, packable: always }, response],
  ['protocols only', document, { protocol: true }, filled],
  ['packing only', filled, { protocol: false, packable: always }, response],
])(
  'the example request of “Creating an Endpoints Object” becomes its response: %s',
  (_, subsets, defaulting, expected) => {
    const object = { kind: 'Endpoints', subsets };
    const result = apply(object, createDefaultsPatch(object, defaulting));
    expect(result).toEqual({ kind: 'Endpoints', subsets: expected });
    expect(createDefaultsPatch(result, defaulting)).toEqual([]);
  },
);

test.each([
  ['before', filled.length],
  ['after', response.length],
])('what would be refused %s packing is not packed, but gets its protocols', (_, refused) => {
  const patch = createDefaultsPatch(
    { subsets: document },
    { protocol: true, packable: ({ length }) => length !== refused },
  );
  expect(patch).toEqual([{ op: 'replace', path: '/subsets', value: filled }]);
});

test.each([
  null,
  undefined,
  5,
  'x',
  [],
  {},
  { subsets: null },
  { subsets: {} },
  { subsets: [] },
  { subsets: [null, 5] },
  { subsets: response },
])('nothing to fill in: %j', (object) =>
  expect(createDefaultsPatch(object, { protocol: true, packable: always })).toEqual([]),
);

test('nothing is done where both defaults are off', () =>
  expect(createDefaultsPatch({ subsets: document }, { protocol: false })).toEqual([]));

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../src/manifests/text-file.ts';
import { parseDocuments } from '../../src/manifests/yaml-source.ts';
import { encode, type Json, spell, spellings } from './spellings.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed()),
  fc.constantFrom(
    ...[
      'yes',
      '010',
      '1e3',
      '~',
      '10.0.0.1',
      '2001:db8::1',
      '1:30',
      'a: b',
      '# c',
      '- d',
      '{',
      "'",
      '"',
      '<<',
      '',
      'a\nb\n',
    ],
  ),
  fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/),
);

const port = fc.record(
  { name: text, port: fc.integer({ min: -1, max: 70_000 }), protocol: text },
  { requiredKeys: ['port'] },
);

const endpoint = fc.record({
  addresses: fc.array(text, { maxLength: 3 }),
  conditions: fc.record({ ready: fc.boolean(), serving: fc.boolean() }, { requiredKeys: [] }),
  hostname: fc.option(text),
});

const metadata = fc.record({ name: text, namespace: text, labels: fc.dictionary(text, text, { maxKeys: 3 }) });

const subset = fc.record({
  addresses: fc.array(fc.record({ ip: text, nodeName: fc.option(text) }), { maxLength: 4 }),
  ports: fc.array(port, { maxLength: 3 }),
});

const manifest = fc.oneof(
  fc.record({
    ...{ apiVersion: fc.constant('v1'), kind: fc.constant('Endpoints'), metadata },
    subsets: fc.array(subset, { maxLength: 3 }),
  }),
  fc.record({
    ...{ apiVersion: fc.constant('discovery.k8s.io/v1'), kind: fc.constant('EndpointSlice'), metadata },
    ...{ addressType: text, endpoints: fc.array(endpoint, { maxLength: 4 }), ports: fc.array(port, { maxLength: 3 }) },
  }),
  fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('ConfigMap'), x: fc.jsonValue() }),
);

test('an object is the same, however it is spelled', () => {
  const objects = fc.array(manifest, { minLength: 1, maxLength: 3 }).map((list) => JSON.parse(JSON.stringify(list)));
  fc.assert(
    fc.property(objects, spellings, (written: readonly Json[], spelling) => {
      const spelled = spell(written, spelling);
      const documents = [...parseDocuments(decodeText(encode(spelled, spelling)))];
      const read = documents.filter(({ value }) => value !== null && value !== undefined);
      expect({ problems: documents.flatMap(({ problems }) => problems), spelled }).toEqual({ problems: [], spelled });
      expect(read.map(({ value }) => JSON.stringify(sorted(value as Json)))).toEqual(
        written.map((object) => JSON.stringify(sorted(object))),
      );
    }),
    { numRuns: 2000 },
  );
});

/** With the keys of its maps in order: YAML gives them none. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

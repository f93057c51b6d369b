import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { targetOf } from '../../src/endpoints/target.ts';
import type { EndpointKind } from '../../src/endpoints/view.ts';
import { allKinds, endpointKinds, kindNamed, kindOfResource, kinds, resourceName } from '../../src/kinds/index.ts';

test.each(allKinds)('$kind is found by its name and by its resource', (definition) => {
  const { kind, group, apiVersion } = definition;
  expect(kinds[kind]).toBe(definition);
  expect(kindNamed(kind)).toBe(definition);
  expect(kindOfResource(resourceName(definition))).toBe(definition);
  expect(apiVersion).toBe(group === '' ? 'v1' : `${group}/v1`);
});

test.each([undefined, null, 5, [], '', 'endpoints', 'toString', '__proto__'])('no kind is named %j', (name) =>
  expect(kindNamed(name)).toBeUndefined(),
);

test.each(['', 'endpoints.apps', 'endpointslices', 'Endpoints', 'toString', '__proto__'])(
  'no kind has the resource %j',
  (name) => expect(kindOfResource(name)).toBeUndefined(),
);

/** Text for people names kinds too, but not as a whole literal. */
const asksForOneKind = [
  /[=!]==\s*'(?:Endpoints|EndpointSlice|Service)'/,
  /'(?:Endpoints|EndpointSlice|Service)'\s*[=!]==/,
  /case '(?:Endpoints|EndpointSlice|Service)'/,
  /'(?:endpoints|endpointslices|endpointslices\.discovery\.k8s\.io|discovery\.k8s\.io)'/,
  /= 'Endpoints'[,;)]/,
];

/** Where a file is about one kind; what an API server validates of it is named by its fields. */
const ofOneKind = [
  ...['src/kinds/', 'src/api-validation/'],
  // which slices are read of a cluster, whatever is judged; and names of fields
  ...['src/state/', 'src/endpoints/cluster-state.ts', 'src/serve/followed-kind.ts', 'src/scan/lists.ts'],
  'src/cluster/woken-answers.ts',
  'src/scan/read-evidence.ts',
  ...['src/rules/node-address.ts', 'src/rules/addresses-found.ts'],
];

test.each(globSync('src/**/*.ts').filter((file) => !ofOneKind.some((folder) => file.startsWith(folder))))(
  '%s asks the table of kinds, and not for one of them',
  (file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => asksForOneKind.some((pattern) => pattern.test(line)))).toEqual([]);
  },
);

const targetRef = { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u' };
const listing = (kind: EndpointKind, ref: unknown) =>
  ({
    Endpoints: { subsets: [{ notReadyAddresses: [{ ip: '10.0.0.1', targetRef: ref }], ports: [{ port: 80 }] }] },
    EndpointSlice: {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false }, targetRef: ref }],
      ports: [{ port: 80 }],
    },
  })[kind];

test.each(endpointKinds)('$kind: an address knows its target and its ports', ({ kind, apiVersion, parse }) => {
  const { view, findings } = parse({ kind, apiVersion, ...listing(kind, targetRef) }, 10);
  expect(findings).toEqual([]);
  const [subset = expect.unreachable()] = view.subsets;
  expect(subset.addresses.map(targetOf)).toEqual([{ kind: 'Pod', namespace: 'shop', name: 'web-1' }]);
  expect([subset.addresses.at(0)?.ready, subset.ports.map(({ number }) => number)]).toEqual([false, [80]]);
});

test.each(
  endpointKinds.flatMap(({ kind }) => [undefined, null, 5, [], {}, { kind: 5 }].map((ref) => [kind, ref] as const)),
)('%s: an address with targetRef %j has no target', (kind, ref) => {
  const [subset = expect.unreachable()] = kinds[kind].parse(listing(kind, ref), 10).view.subsets;
  expect(subset.addresses.map(targetOf)).toEqual([{ kind: undefined, namespace: undefined, name: undefined }]);
});

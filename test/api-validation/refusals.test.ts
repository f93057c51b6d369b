import { describe, expect, test } from 'vitest';
import { checkText } from '../support/check-text.ts';
import { refusedValues, unknownFields } from '../support/refused.ts';

// The API server's words stand beside each case; the end-to-end tests compare them with a real one.

describe('an unknown field', () => {
  test.each(unknownFields)('$title', async ({ text, says }) =>
    expect(await checkText(text)).toEqual({ code: 1, says }),
  );
});

describe('what an API server refuses', () => {
  test.each(refusedValues)('$title', async ({ text, says }) =>
    expect(await checkText(text)).toEqual({ code: 1, says }),
  );
});

const policy = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';

describe('a policy does not make green what an API server refuses', () => {
  test.each([
    ['a rule that is off', 'rules: {special-address: {enforcement: none}}', '127.0.0.1'],
    ['a rule that only warns', 'rules: {special-address: {enforcement: warn}}', '127.0.0.1'],
    ['audit mode', 'mode: audit', 'fe80::1'],
    ['an exemption', 'exempt: [{namespaces: ["*"]}]', '169.254.169.254'],
  ])('%s', async (_, words, ip) => {
    const text = `apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: "${ip}"}], ports: [{port: 80}]}]\n`;
    expect(await checkText(text, policy + words)).toEqual({
      code: 1,
      says: [
        expect.stringMatching(
          /^4:\d+ subsets\[0\]\.addresses\[0\]\.ip: .* whatever the policy says: .* \[well-formed\]$/,
        ),
      ],
    });
  });

  test('a protocol that there is none of', async () => {
    const text =
      'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80, protocol: http}]}]\n';
    expect((await checkText(text, `${policy}rules: {protocol: {enforcement: none}}`)).code).toBe(1);
  });
});

describe('what an API server takes is green', () => {
  const slice = (rest: string) =>
    `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\naddressType: IPv4\n${rest}`;
  test.each([
    [
      'hints for nodes, which Kubernetes 1.30 does not know',
      slice('endpoints: [{addresses: [10.1.2.3], hints: {forNodes: [{name: a}]}}]\nports: [{port: 80}]\n'),
    ],
    [
      'every field as null',
      slice(
        'endpoints: [{addresses: [10.1.2.3], conditions: null, hints: null, hostname: null, nodeName: null, zone: null, targetRef: null, deprecatedTopology: null}]\nports: [{port: 80, name: null, protocol: null, appProtocol: null}]\n',
      ),
    ],
    [
      'keys of maps, whatever they are',
      slice('endpoints: [{addresses: [10.1.2.3], deprecatedTopology: {"a b": "c d"}}]\nports: [{port: 80}]\n'),
    ],
    [
      'an annotation key in capitals',
      slice('endpoints: []\nports: []\n').replace(
        '{name: web-1}',
        '{name: web-1, annotations: {Example.COM/Key: "any text"}}',
      ),
    ],
  ])('%s', async (_, text) => expect(await checkText(text)).toEqual({ code: 0, says: [] }));
});

test('a misspelt key beside the right one is said to be one too many', async () => {
  const text =
    'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\naddressType: IPv4\nport:\n- port: 22\nports:\n- port: 80\n';
  expect(await checkText(text)).toEqual({
    code: 1,
    says: ['5:1 port: is no field of EndpointSlice: remove it, since ports is here already [well-formed]'],
  });
});

test.each(['__proto__', 'constructor', 'toString', ''])('a field named %j is unknown', async (key) => {
  const text = `{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},"subsets":[{"addresses":[{"ip":"10.1.2.3",${JSON.stringify(key)}:{}}],"ports":[{"port":80}]}]}`;
  const { code, says } = await checkText(text);
  expect({ code, says: says.length }).toEqual({ code: 1, says: 1 });
});

test('what is too much of a slice', async () => {
  const many = (count: number, item: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => item(i)).join(', ');
  const of = (endpoints: string, ports: string) =>
    `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\naddressType: IPv4\nendpoints: [${endpoints}]\nports: [${ports}]\n`;
  const one = '{addresses: [10.1.2.3]}';
  const says = async (endpoints: string, ports = '{port: 80}') => (await checkText(of(endpoints, ports))).says;
  expect(await says(many(1000, () => one))).toEqual([]);
  expect(await says(many(1001, () => one))).toEqual([
    '5:12 endpoints: holds 1001 endpoints, and 1000 is the most: split the object, or remove some [well-formed]',
  ]);
  expect(await says(`{addresses: [${many(101, (i) => `10.1.2.${i}`)}]}`)).toEqual([
    '5:25 endpoints[0].addresses: holds 101 addresses, and 100 is the most: split the object, or remove some [well-formed]',
  ]);
  expect(
    await says(
      one,
      many(20_001, (i) => `{port: 80, name: a${i}}`),
    ),
  ).toEqual(['6:8 ports: holds 20001 ports, and 20000 is the most: split the object, or remove some [well-formed]']);
});

test('annotations of more than 256 KiB, and an object of more than 3 MiB', async () => {
  const of = (annotation: string, zone = '') =>
    `{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"web-1","annotations":{"a":"${annotation}"}},"addressType":"IPv4","endpoints":[{"addresses":["10.1.2.3"],"zone":"${zone}"}],"ports":[{"port":80}]}`;
  const most = 256 * 1024 - 1;
  expect((await checkText(of('é'.repeat(most / 2)))).code).toBe(0);
  expect((await checkText(of('x'.repeat(most + 1)))).says).toEqual([
    expect.stringContaining('metadata.annotations: hold 262145 bytes together, and 262144 is the most: remove some'),
  ]);
  expect((await checkText(of('', 'x'.repeat(3 * 1024 * 1024)))).says).toEqual([
    '1:1 : is more than 3145728 bytes as JSON: split the object [well-formed]',
  ]);
});

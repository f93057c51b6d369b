import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { kinds } from '../../src/kinds/index.ts';
import { plainView } from '../support/plain-view.ts';
import { serviceLabels } from '../support/serving-keys.ts';

const head = '"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"web-1"}';
const parse = (json: string, limit = 100) => kinds.EndpointSlice.parse(JSON.parse(json), limit);
const slice = (json: string, type = 'IPv4') => parse(`{${head},"addressType":"${type}",${json}}`);
const endpoint = (json: string, type?: string) => slice(`"endpoints":[${json}]`, type);
const address = (json: string, type?: string) => endpoint(`{"addresses":[${json}]}`, type);
const port = (json: string) => slice(`"ports":[${json}]`);
const metadata = (json: string) => parse(`{${head.replace('"web-1"', `"a",${json}`)},"addressType":"IPv4"}`);
const labels = (json: string) => metadata(`"labels":{${json}}`);
const owners = (json: string) => metadata(`"ownerReferences":${json}`);
const said = ({ findings }: ReturnType<typeof parse>) => findings.map(({ path, message }) => [pathText(path), message]);

test('reads everything that rules look at, and nothing else', () => {
  const { view, findings } = slice(`
    "endpoints":[
      {"addresses":["10.0.0.1","10.0.0.2"],"conditions":{"ready":false,"serving":true,"terminating":true},"hostname":"a","nodeName":"n",
       "zone":"z","hints":{"forZones":5},"deprecatedTopology":7,"targetRef":{"kind":"Pod","resourceVersion":"7","fieldPath":"spec","x":1}},
      {"addresses":["10.0.0.3"],"conditions":{"ready":null}}],
    "ports":[{"name":"http","port":80,"protocol":"UDP","appProtocol":"h2c"},{},{"port":null}],
    "subsets":7,"unknown":1`);
  const [group, ...others] = plainView(view).subsets;
  expect([findings, others]).toEqual([[], []]);
  expect(view).toMatchObject({ kind: 'EndpointSlice', addressType: 'IPv4', name: 'web-1', generateName: '' });
  expect(group?.path).toBe('');
  expect(group?.addresses.map(({ text, ready, path }) => [text, ready, path])).toEqual([
    ['10.0.0.1', false, 'endpoints[0].addresses[0]'],
    ['10.0.0.2', false, 'endpoints[0].addresses[1]'],
    ['10.0.0.3', true, 'endpoints[1].addresses[0]'],
  ]);
  const untargeted = { targetResourceVersion: undefined, targetFieldPath: undefined };
  expect(group?.endpoints.map(({ path, ...rest }) => [path, rest])).toEqual([
    ['endpoints[0]', { hostname: 'a', nodeName: 'n', targetResourceVersion: '7', targetFieldPath: 'spec' }],
    ['endpoints[1]', { hostname: undefined, nodeName: undefined, ...untargeted }],
  ]);
  expect(group?.ports.map(({ path, ...rest }) => [path, rest])).toEqual([
    ['ports[0]', { name: 'http', number: 80, protocol: 'UDP' }],
    ['ports[1]', { name: '', number: 'every', protocol: 'TCP' }],
    ['ports[2]', { name: '', number: 'every', protocol: 'TCP' }],
  ]);
});

describe('null is absent', () => {
  test.each([
    '"endpoints":null,"ports":null',
    '"endpoints":[],"ports":[]',
    '"endpoints":[null,{},{"addresses":null},{"addresses":[]}],"ports":[null]',
    '"endpoints":[{"addresses":["10.0.0.1"],"conditions":null,"hostname":null,"nodeName":null,"zone":null,"targetRef":null}]',
    '"endpoints":[{"conditions":{"ready":null,"serving":null,"terminating":null},"hints":null,"deprecatedTopology":null}]',
    '"ports":[{"name":null,"port":null,"protocol":null,"appProtocol":null}]',
  ])('%s', (json) => expect(slice(json).findings).toEqual([]));

  test.each([
    '"labels":null,"annotations":null,"generateName":null,"ownerReferences":null',
    '"labels":{"kubernetes.io/service-name":null}',
    '"ownerReferences":[]',
    '"ownerReferences":[null,{},{"uid":null,"kind":null,"controller":null,"blockOwnerDeletion":null}]',
  ])('metadata: %s', (json) => expect(metadata(json).findings).toEqual([]));

  test('so a null kind is missing, and an empty element is no address', () =>
    expect(said(parse('{"kind":null,"addressType":null,"endpoints":[{"addresses":[null]}]}'))).toEqual([
      ['kind', 'is missing'],
      ['apiVersion', 'is missing'],
      ['addressType', 'is missing'],
      ['endpoints[0].addresses[0]', 'is missing'],
    ]));
});

const texts = (keys: readonly string[], make: (key: string) => ReturnType<typeof parse>, at: string) =>
  keys.map((key) => [make(key), `${at}.${key}`, 'an object is not a string'] as const);
const flags = (keys: readonly string[], make: (key: string) => ReturnType<typeof parse>, at: string) =>
  keys.map((key) => [make(key), `${at}.${key}`, '"true" is not true or false'] as const);
test.each([
  [parse('{"kind":"Endpoints","apiVersion":1,"addressType":"IPv4"}'), 'kind', '"Endpoints" is not EndpointSlice'],
  [
    parse(`{${head.replace('/v1', '/v1beta1')}}`),
    'apiVersion',
    '"discovery.k8s.io/v1beta1" is not discovery.k8s.io/v1',
  ],
  [parse(`{${head}}`), 'addressType', 'is missing'],
  [slice('"x":1', ''), 'addressType', 'is missing'],
  [slice('"x":1', 'ipv4'), 'addressType', '"ipv4" is not IPv4, IPv6 or FQDN'],
  [parse(`{${head},"addressType":["IPv4"]}`), 'addressType', 'a list is not IPv4, IPv6 or FQDN'],
  [parse(`{${head.replace('{"name":"web-1"}', '[]')},"addressType":"IPv4"}`), 'metadata', 'a list is not an object'],
  ...serviceLabels.map((key) => [labels(`"${key}":true`), `metadata.labels[${key}]`, 'true is not a string'] as const),
  [owners('{}'), 'metadata.ownerReferences', 'an object is not a list'],
  [owners('[5]'), 'metadata.ownerReferences[0]', '5 is not an object'],
  ...texts(['apiVersion', 'kind', 'name', 'uid'], (key) => owners(`[{"${key}":{}}]`), 'metadata.ownerReferences[0]'),
  ...flags(['controller', 'blockOwnerDeletion'], (key) => owners(`[{"${key}":"true"}]`), 'metadata.ownerReferences[0]'),
  [slice('"endpoints":{}'), 'endpoints', 'an object is not a list'],
  [slice('"endpoints":{"length":1,"0":{}}'), 'endpoints', 'an object is not a list'],
  [endpoint('"10.0.0.1"'), 'endpoints[0]', '"10.0.0.1" is not an object'],
  [endpoint('{"addresses":"10.0.0.1"}'), 'endpoints[0].addresses', '"10.0.0.1" is not a list'],
  [address('"10.0.0.1",""'), 'endpoints[0].addresses[1]', 'is missing'],
  [address('167772161'), 'endpoints[0].addresses[0]', '167772161 is not a string'],
  [address('{"ip":"10.0.0.1"}'), 'endpoints[0].addresses[0]', 'an object is not a string'],
  [address('"10.0.0.256"'), 'endpoints[0].addresses[0]', '"10.0.0.256" has a number above 255'],
  [address('"web.example"'), 'endpoints[0].addresses[0]', '"web.example" is a name, not an address'],
  [address('"10.0.0.0/8"', 'IPv6'), 'endpoints[0].addresses[0]', '"10.0.0.0/8" is a network, not an address'],
  [address('""', 'FQDN'), 'endpoints[0].addresses[0]', 'is missing'],
  [address('null', 'FQDN'), 'endpoints[0].addresses[0]', 'is missing'],
  [address('5', 'FQDN'), 'endpoints[0].addresses[0]', '5 is not a string'],
  [address('5', 'X'), 'endpoints[0].addresses[0]', '5 is not a string'],
  [endpoint('{"conditions":"ready"}'), 'endpoints[0].conditions', '"ready" is not an object'],
  ...flags(
    ['ready', 'serving', 'terminating'],
    (key) => endpoint(`{"conditions":{"${key}":"true"}}`),
    'endpoints[0].conditions',
  ),
  ...texts(['zone'], (key) => endpoint(`{"${key}":{}}`), 'endpoints[0]'),
  [slice('"ports":80'), 'ports', '80 is not a list'],
  ...texts(['appProtocol'], (key) => port(`{"${key}":{}}`), 'ports[0]'),
  [port('{"port":"every"}'), 'ports[0].port', '"every" is not an integer'],
] as const)('finding %#: %s', (result, field, message) => expect(said(result)).toContainEqual([field, message]));

describe('an address is of the family that addressType says', () => {
  test.each([
    ['IPv4', '10.0.0.1'],
    ['IPv6', '2001:DB8::1'],
    ['IPv6', '::10.0.0.1'],
  ])('%s: %s', (type, text) => {
    const { view, findings } = address(`"${text}"`, type);
    expect(findings).toEqual([]);
    expect(view.subsets.at(0)?.addresses.at(0)?.address?.family).toBe(type);
  });

  test.each([
    ['IPv4', '2001:db8::1', 'IPv6'],
    ['IPv6', '10.0.0.1', 'IPv4'],
  ])('%s: not %s', (type, text, family) =>
    expect(address(`"${text}"`, type).findings).toEqual([
      {
        path: ['endpoints', 0, 'addresses', 0],
        message: `"${text}" is an ${family} address, and addressType is ${type}`,
        remedy: `write an ${type} address, or move it to a slice with addressType ${family}`,
      },
    ]),
  );

  test.each(['IPv4', 'IPv6'])('%s: an IPv4 address in disguise is neither', (type) =>
    expect(said(address('"::ffff:10.0.0.1"', type))).toEqual([
      [
        'endpoints[0].addresses[0]',
        '"::ffff:10.0.0.1" is an IPv4 address written as IPv6, which Kubernetes 1.36 and later refuse',
      ],
    ]),
  );
});

test.each(['FQDN', 'unknown'])(
  'addressType %s: any text is a name that is no address to somebody, and an IP address is still one',
  (type) => {
    const { view, findings } = address('"web.example","127.0.0.1","::1","010.0.0.1","\\u001b"', type);
    expect(findings.map(({ path }) => pathText(path))).toEqual([
      ...(type === 'FQDN' ? [] : ['addressType']),
      'endpoints[0].addresses[3]',
    ]);
    expect(view.addressType).toBe(type === 'FQDN' ? 'FQDN' : undefined);
    expect(view.subsets.at(0)?.addresses.map(({ text, address }) => [text, address?.family])).toEqual([
      ['web.example', undefined],
      ['127.0.0.1', 'IPv4'],
      ['::1', 'IPv6'],
      ['010.0.0.1', undefined],
      ['\u001b', undefined],
    ]);
  },
);

describe('what puts a slice into service', () => {
  const service = (json: string) => metadata(json).view.servingState;
  const one = '{"apiVersion":"v1","kind":"Service","name":"web","uid":"u","controller":true,"blockOwnerDeletion":true}';

  test.each([
    ['"x":1', '"labels":{},"ownerReferences":[]'],
    ['"x":1', '"labels":null,"ownerReferences":null'],
    ['"labels":{"other":"x"}', '"labels":{}'],
    ['"annotations":{"a":"b"}', '"annotations":{}'],
    [`"ownerReferences":[${one}]`, `"ownerReferences":[${one.replace('{', '{"x":1,')}]`],
    ['"ownerReferences":[null]', '"ownerReferences":[{"uid":"","controller":null}]'],
  ])('%s and %s are the same', (a, b) => expect(service(a)).toBe(service(b)));

  test.each([
    ...serviceLabels.flatMap((key) => [
      [`"labels":{"${key}":"a"}`, '"labels":{}'],
      [`"labels":{"${key}":"a"}`, `"labels":{"${key}":"b"}`],
    ]),
    [`"labels":{"${serviceLabels[0]}":"a"}`, `"labels":{"${serviceLabels[4]}":"a"}`],
    [`"ownerReferences":[${one}]`, '"x":1'],
    ['"ownerReferences":[{}]', '"x":1'],
    ...['"v1"', '"Service"', '"web"', '"u"'].map((text) => [
      `"ownerReferences":[${one}]`,
      `"ownerReferences":[${one.replace(text, '"z"')}]`,
    ]),
    ...['"controller"', '"blockOwnerDeletion"'].flatMap((key) => [
      [`"ownerReferences":[${one}]`, `"ownerReferences":[${one.replace(`${key}:true`, `${key}:false`)}]`],
      [`"ownerReferences":[{${key}:false}]`, '"ownerReferences":[{}]'],
    ]),
    [`"ownerReferences":[${one},{"uid":"v"}]`, `"ownerReferences":[{"uid":"v"},${one}]`],
  ] as [string, string][])('%s and %s differ', (a, b) => expect(service(a)).not.toBe(service(b)));
});

test('keys of Object.prototype are ordinary data', () => {
  const evil = '"__proto__":{"addresses":["10.0.0.1"],"endpoints":[{}],"name":"evil"},"constructor":1,"toString":null';
  const { view, findings } = parse(
    `{${head.replace('"web-1"', `"web-1",${evil}`)},"addressType":"IPv4",${evil},"endpoints":[{${evil}}]}`,
  );
  expect([view.name, view.subsets.at(0)?.endpoints.length, view.subsets.at(0)?.addresses.length]).toEqual([
    'web-1',
    1,
    0,
  ]);
  expect(findings).toEqual([]);
});

test('says no more than it may, and stops there', () => {
  const bad = JSON.stringify(Array.from({ length: 50 }, () => ({ addresses: [5, 5], hostname: 5 })));
  const { findings, view } = parse(`{${head},"addressType":"IPv4","endpoints":${bad}}`, 7);
  expect(findings).toHaveLength(7);
  expect(view.subsets.at(0)?.addresses.length).toBeLessThan(10);
});

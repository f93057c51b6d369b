import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { kinds } from '../../src/kinds/index.ts';

const head = '"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"web"}';
const parse = (json: string, limit = 100) => kinds.Endpoints.parse(JSON.parse(json), limit);
const subset = (json: string) => parse(`{${head},"subsets":[${json}]}`);
const address = (json: string) => subset(`{"addresses":[${json}]}`);
const port = (json: string) => subset(`{"ports":[${json}]}`);
const said = ({ findings }: ReturnType<typeof parse>) => findings.map(({ path, message }) => [pathText(path), message]);

test('reads everything that rules look at, and nothing else', () => {
  const { view, findings } = subset(`{
    "addresses":[{"ip":"10.0.0.1","hostname":"a","nodeName":"n","targetRef":{"kind":"Pod","resourceVersion":"7","fieldPath":"spec","x":1}}],
    "notReadyAddresses":[{"ip":"2001:DB8::1"}],
    "ports":[{"name":"http","port":80,"protocol":"UDP","appProtocol":"h2c"},{}], "unknown": 1}`);
  const [group] = view.subsets;
  expect(findings).toEqual([]);
  expect(view).toMatchObject({ kind: 'Endpoints', name: 'web', generateName: '' });
  expect(group?.addresses.map(({ text, ready, path }) => [text, ready, pathText(path.steps)])).toEqual([
    ['10.0.0.1', true, 'subsets[0].addresses[0].ip'],
    ['2001:DB8::1', false, 'subsets[0].notReadyAddresses[0].ip'],
  ]);
  const untargeted = { targetResourceVersion: undefined, targetFieldPath: undefined };
  expect(group?.endpoints.map(({ path: _, ...rest }) => rest)).toEqual([
    { hostname: 'a', nodeName: 'n', targetResourceVersion: '7', targetFieldPath: 'spec' },
    { hostname: undefined, nodeName: undefined, ...untargeted },
  ]);
  expect(group?.ports.map(({ path: _, ...rest }) => rest)).toEqual([
    { name: 'http', number: 80, protocol: 'UDP' },
    { name: '', number: 0, protocol: 'TCP' },
  ]);
});

test.each(['null', '5', '"x"', 'true', '[]', '[{}]'])('%s is not an Endpoints object', (json) => {
  const { findings, view } = parse(json);
  expect(findings).toMatchObject([{ path: [], message: expect.stringMatching(/ is not an Endpoints object$/) }]);
  expect(view.subsets).toEqual([]);
});

describe('null is absent', () => {
  test.each([
    `{${head},"subsets":null}`,
    `{${head.replace('{"name":"web"}', 'null')},"subsets":[]}`,
    `{${head.replace('"web"', 'null,"generateName":null,"labels":null,"annotations":null')}}`,
    `{${head},"subsets":[null,{"addresses":null,"notReadyAddresses":null,"ports":null}]}`,
    `{${head},"subsets":[{"addresses":[{"ip":"10.0.0.1","hostname":null,"nodeName":null,"targetRef":null}],"ports":[null]}]}`,
    `{${head},"subsets":[{"ports":[{"name":null,"port":null,"protocol":null}]}]}`,
    `{${head},"subsets":[{"addresses":[{"ip":"10.0.0.1","targetRef":{"resourceVersion":null,"fieldPath":null,"uid":null}}]}]}`,
  ])('%s', (json) => expect(parse(json).findings).toEqual([]));

  test('so a null kind is missing, and an empty element has no ip', () =>
    expect(said(parse('{"kind":null,"subsets":[{"addresses":[null]}]}'))).toEqual([
      ['kind', 'is missing'],
      ['apiVersion', 'is missing'],
      ['subsets[0].addresses[0].ip', 'is missing'],
    ]));
});

test.each([
  [parse('{"kind":"endpoints","apiVersion":1}'), 'kind', '"endpoints" is not Endpoints'],
  [parse('{"kind":"Endpoints","apiVersion":1}'), 'apiVersion', '1 is not v1'],
  [parse('{"kind":"Endpoints","apiVersion":"v1","metadata":[]}'), 'metadata', 'a list is not an object'],
  [parse(`{${head.replace('"web"', '5')}}`), 'metadata.name', '5 is not a string'],
  [parse(`{${head.replace('"web"', '"a","generateName":{}')}}`), 'metadata.generateName', 'an object is not a string'],
  [parse(`{${head.replace('"web"', '"a","labels":""')}}`), 'metadata.labels', '"" is not an object'],
  [parse(`{${head.replace('"web"', '"a","annotations":0')}}`), 'metadata.annotations', '0 is not an object'],
  [
    parse(`{${head.replace('"web"', '"a","labels":{"endpointslice.kubernetes.io/skip-mirror":true}')}}`),
    'metadata.labels[endpointslice.kubernetes.io/skip-mirror]',
    'true is not a string',
  ],
  [parse(`{${head},"subsets":{}}`), 'subsets', 'an object is not a list'],
  [parse(`{${head},"subsets":{"length":1,"0":{}}}`), 'subsets', 'an object is not a list'],
  [subset('"x"'), 'subsets[0]', '"x" is not an object'],
  [subset('[]'), 'subsets[0]', 'a list is not an object'],
  [subset('{"addresses":{}}'), 'subsets[0].addresses', 'an object is not a list'],
  [subset('{"notReadyAddresses":""}'), 'subsets[0].notReadyAddresses', '"" is not a list'],
  [subset('{"ports":80}'), 'subsets[0].ports', '80 is not a list'],
  [address('{"ip":""}'), 'subsets[0].addresses[0].ip', 'is missing'],
  [address('{"ip":167772161}'), 'subsets[0].addresses[0].ip', '167772161 is not a string'],
  [address('{"ip":["10.0.0.1"]}'), 'subsets[0].addresses[0].ip', 'a list is not a string'],
  [address('{"ip":"10.0.0.256"}'), 'subsets[0].addresses[0].ip', '"10.0.0.256" is not a valid IP address'],
  ...['hostname', 'nodeName'].map(
    (key) => [address(`{"ip":"10.0.0.1","${key}":7}`), `subsets[0].addresses[0].${key}`, '7 is not a string'] as const,
  ),
  [address('{"ip":"10.0.0.1","targetRef":"pod"}'), 'subsets[0].addresses[0].targetRef', '"pod" is not an object'],
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
    (key) =>
      [
        address(`{"ip":"10.0.0.1","targetRef":{"${key}":[]}}`),
        `subsets[0].addresses[0].targetRef.${key}`,
        'a list is not a string',
      ] as const,
  ),
  [port('[]'), 'subsets[0].ports[0]', 'a list is not an object'],
  ...['name', 'protocol'].map(
    (key) => [port(`{"${key}":false}`), `subsets[0].ports[0].${key}`, 'false is not a string'] as const,
  ),
  ...(
    [
      ['"80"'],
      ['80.5'],
      ['true'],
      ['""'],
      ['1e400', 'Infinity'],
      ['[]', 'a list'],
      ['{}', 'an object'],
      ['0.1'],
      ['5e-324'],
    ] as const
  ).map(
    ([json, shown = json]) =>
      [port(`{"port":${json}}`), 'subsets[0].ports[0].port', `${shown} is not an integer`] as const,
  ),
] as const)('finding %#: %s', (result, field, message) => expect(said(result)).toContainEqual([field, message]));

test.each([
  ['80.0', 80],
  ['8e1', 80],
  ['-1', -1],
  ['65536', 65536],
  ['1e300', 1e300],
  ['9007199254740993', 9007199254740992],
])('the integer %s is read', (json, number) => {
  const { view, findings } = port(`{"port":${json}}`);
  expect([view.subsets[0]?.ports[0]?.number, findings]).toEqual([number, []]);
});

test('keys of Object.prototype are ordinary data', () => {
  const evil = '"__proto__":{"ip":"10.0.0.1","subsets":[{}],"name":"evil"},"constructor":1,"toString":null';
  const { view, findings } = parse(
    `{${head.replace('"web"', `"web",${evil}`)},${evil},"subsets":[{${evil},"addresses":[{${evil}}]}]}`,
  );
  expect([view.name, view.subsets.length]).toEqual(['web', 1]);
  expect(findings.map(({ path }) => pathText(path))).toEqual(['subsets[0].addresses[0].ip']);
});

test('says no more than it may', () => {
  const bad = JSON.stringify(Array.from({ length: 50 }, () => ({ ip: 5, hostname: 5 })));
  expect(parse(`{${head},"subsets":[{"addresses":${bad}}]}`, 7).findings).toHaveLength(7);
});

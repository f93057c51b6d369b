import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { kinds } from '../../src/kinds/index.ts';
import { plainView } from '../support/plain-view.ts';

const head = '"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"web"}';
const parse = (json: string, limit = 100) => kinds.Endpoints.parse(JSON.parse(json), limit);
const subset = (json: string) => parse(`{${head},"subsets":[${json}]}`);
const address = (json: string) => subset(`{"addresses":[${json}]}`);
const said = ({ findings }: ReturnType<typeof parse>) => findings.map(({ path, message }) => [pathText(path), message]);

test('reads everything that rules look at, and nothing else', () => {
  const { view, findings } = subset(`{
    "addresses":[{"ip":"10.0.0.1","hostname":"a","nodeName":"n","targetRef":{"kind":"Pod","resourceVersion":"7","fieldPath":"spec","x":1}}],
    "notReadyAddresses":[{"ip":"2001:DB8::1"}],
    "ports":[{"name":"http","port":80,"protocol":"UDP","appProtocol":"h2c"},{}], "unknown": 1}`);
  const [group] = plainView(view).subsets;
  expect(findings).toEqual([]);
  expect(view).toMatchObject({ kind: 'Endpoints', name: 'web', generateName: '' });
  expect(group?.addresses.map(({ text, ready, path }) => [text, ready, path])).toEqual([
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
  [address('{"ip":"10.0.0.256"}'), 'subsets[0].addresses[0].ip', '"10.0.0.256" has a number above 255'],
] as const)('finding %#: %s', (result, field, message) => expect(said(result)).toContainEqual([field, message]));

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

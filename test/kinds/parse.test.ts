import { expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import type { EndpointKind, Kind } from '../../src/endpoints/view.ts';
import { endpointKinds, kinds } from '../../src/kinds/index.ts';

/** What all kinds are made of, and where each has it. Members are JSON. */
const layouts: Readonly<Record<EndpointKind, Layout>> = {
  Endpoints: {
    endpointField: 'subsets[0].addresses[0]',
    withEndpoint: (json) => `"subsets":[{"addresses":[{"ip":"10.0.0.1",${json}}]}]`,
    portField: 'subsets[0].ports[0]',
    withPort: (json) => `"subsets":[{"ports":[${json}]}]`,
  },
  EndpointSlice: {
    endpointField: 'endpoints[0]',
    withEndpoint: (json) => `"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],${json}}]`,
    portField: 'ports[0]',
    withPort: (json) => `"addressType":"IPv4","ports":[${json}]`,
  },
};

interface Layout {
  readonly endpointField: string;
  readonly withEndpoint: (json: string) => string;
  readonly portField: string;
  readonly withPort: (json: string) => string;
}

const parse = (kind: Kind, members: string, metadata = '') =>
  kinds[kind].parse(
    JSON.parse(
      `{"kind":"${kind}","apiVersion":"${kinds[kind].apiVersion}","metadata":{"name":"a"${metadata}},${members}}`,
    ),
    100,
  );
const said = ({ findings }: ReturnType<typeof parse>) => findings.map(({ path, message }) => [pathText(path), message]);

const targetTexts = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
const notIntegers: readonly (readonly [string, string?])[] = [
  ...[['"80"'], ['80.5'], ['true'], ['""'], ['0.1'], ['5e-324']].map(([json = '']) => [json] as const),
  ['1e400', 'Infinity'],
  ['[]', 'a list'],
  ['{}', 'an object'],
];

test.each(
  endpointKinds.flatMap(({ kind }) => {
    const { endpointField, withEndpoint, portField, withPort } = layouts[kind];
    const finding = (members: string, field: string, message: string, metadata?: string) =>
      [kind, field, message, members, metadata] as const;
    const endpoint = (json: string, field: string, message: string) =>
      finding(withEndpoint(json), `${endpointField}.${field}`, message);
    return [
      finding(withPort('{"port":80}'), 'metadata.name', '5 is not a string', ',"name":5'),
      finding(withPort('{"port":80}'), 'metadata.generateName', 'an object is not a string', ',"generateName":{}'),
      finding(withPort('{"port":80}'), 'metadata.labels', '"" is not an object', ',"labels":""'),
      ...['hostname', 'nodeName'].map((key) => endpoint(`"${key}":7`, key, '7 is not a string')),
      endpoint('"targetRef":"pod"', 'targetRef', '"pod" is not an object'),
      ...targetTexts.map((key) => endpoint(`"targetRef":{"${key}":[]}`, `targetRef.${key}`, 'a list is not a string')),
      finding(withPort('[]'), portField, 'a list is not an object'),
      ...['name', 'protocol'].map((key) =>
        finding(withPort(`{"${key}":false}`), `${portField}.${key}`, 'false is not a string'),
      ),
      ...notIntegers.map(([json, shown = json]) =>
        finding(withPort(`{"port":${json}}`), `${portField}.port`, `${shown} is not an integer`),
      ),
    ];
  }),
)('%s: %s: %s', (kind, field, message, members, metadata) =>
  expect(said(parse(kind, members, metadata))).toContainEqual([field, message]),
);

test.each(
  endpointKinds.flatMap(({ kind }) => ['null', '5', '"x"', 'true', '[]', '[{}]'].map((json) => [kind, json] as const)),
)('%s: %s is no such object', (kind, json) => {
  const { findings, view } = kinds[kind].parse(JSON.parse(json), 100);
  expect(findings).toMatchObject([{ path: [], message: expect.stringMatching(` is not an ${kind} object$`) }]);
  expect(
    [...view.subsets].flatMap(({ endpoints, addresses, ports }) => [...endpoints, ...addresses, ...ports]),
  ).toEqual([]);
});

const integers = [
  ['80.0', 80],
  ['8e1', 80],
  ['-1', -1],
  ['65536', 65536],
  ['1e300', 1e300],
  ['9007199254740993', 9007199254740992],
] as const;

test.each(endpointKinds.flatMap(({ kind }) => integers.map(([json, number]) => [kind, json, number] as const)))(
  '%s: the integer %s is read',
  (kind, json, number) => {
    const { view, findings } = parse(kind, layouts[kind].withPort(`{"port":${json}}`));
    expect([view.subsets.at(0)?.ports.at(0)?.number, findings]).toEqual([number, []]);
  },
);

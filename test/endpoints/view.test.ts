import { expect, test } from 'vitest';
import { parseEndpoints } from '../../src/endpoints/endpoints.ts';
import { sameView } from '../../src/endpoints/view.ts';

const base = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web', generateName: 'w-', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true', a: 'b' } },
  subsets: [
    {
      addresses: [
        { ip: '10.0.0.1', hostname: 'h', nodeName: 'n', targetRef: { resourceVersion: '1', fieldPath: 'spec' } },
      ],
      notReadyAddresses: [{ ip: '10.0.0.2' }],
      ports: [{ name: 'p', port: 80, protocol: 'TCP' }],
    },
  ],
};
const view = (object: unknown) => parseEndpoints(object, 10).view;
const edited = (from: string, to: string) => view(JSON.parse(JSON.stringify(base).replace(from, to)));

test.each([
  ['"a":"b"', '"a":"c"'],
  ['"protocol":"TCP"', '"protocol":null'],
  ['"ip":"10.0.0.2"', '"ip":"10.0.0.2","hostname":null'],
  ['"ip":"10.0.0.2"', '"ip":"10.0.0.2","targetRef":{"uid":"u"}'],
])('%s -> %s is the same to rules', (from, to) => expect(sameView(view(base), edited(from, to))).toBe(true));

test.each([
  ['"web"', '"wed"'],
  ['"w-"', '"x-"'],
  ['"true"', '"false"'],
  ['"labels"', '"annotations":{"control-plane.alpha.kubernetes.io/leader":""},"labels"'],
  ['10.0.0.1', '10.0.0.3'],
  ['"hostname":"h"', '"hostname":""'],
  ['"nodeName":"n"', '"nodeName":"m"'],
  ['"resourceVersion":"1"', '"resourceVersion":"2"'],
  ['"fieldPath":"spec"', '"fieldPath":"status"'],
  ['notReadyAddresses', 'notreadyAddresses'],
  ['}],"notReadyAddresses":[{', '},{'],
  ['"port":80', '"port":81'],
  ['"name":"p"', '"name":"q"'],
  ['"TCP"', '"UDP"'],
  ['"ports":[', '"ports":[{},'],
  ['"subsets":[', '"subsets":[{},'],
])('%s -> %s is a change', (from, to) => {
  expect(sameView(view(base), edited(from, to))).toBe(false);
  expect(sameView(edited(from, to), view(base))).toBe(false);
});

import { describe, expect, test } from 'vitest';
import { checkText } from '../support/check.ts';

const body = 'metadata: {name: web}\nsubsets: [{addresses: [{ip: 127.0.0.1}], ports: [{port: 80}]}]\n';
const sliceBody = 'metadata: {name: web-1}\naddressType: IPv4\nendpoints: [{addresses: [127.0.0.1]}]\n';

const endpoints = (head: string) => `${head}\n${body}`;
const slice = (head: string) => `${head}\n${sliceBody}`;

describe('what was meant to be ours is judged, and told how to write it', () => {
  test.each([
    ['kind: "endpoints" is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: endpoints')],
    ['kind: "Endpoint" is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: Endpoint')],
    ['kind: "EndPoints" is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: EndPoints')],
    ['kind: "Enpoints" is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: Enpoints')],
    ['kind: "Endpoints " is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: "Endpoints "')],
    ['kind: "Еndроіnts" is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: Еndроіnts')],
    ['kind: "Endpoints\\u200b" is not Endpoints: ', endpoints('apiVersion: v1\nkind: "Endpoints\\u200b"')],
    ['kind: "endpoint" is not Endpoints: write Endpoints', endpoints('kind: endpoint')],
    ['kind: is missing: write Endpoints', endpoints('apiVersion: v1')],
    ['kind: is missing: write Endpoints', endpoints('apiVersion: v1\nkind:')],
    ['kind: 5 is not Endpoints: write Endpoints', endpoints('apiVersion: v1\nkind: 5')],
    ['Kind: is no field of Endpoints: write kind', endpoints('apiVersion: v1\nKind: Endpoints')],
    ['apiversion: is no field of Endpoints: write apiVersion', endpoints('apiversion: v1\nkind: Endpoints')],
    ['apiVersion: is missing: write v1', endpoints('kind: Endpoints')],
    ['apiVersion: "" is not v1: write v1', endpoints('apiVersion: ""\nkind: Endpoints')],
    ['apiVersion: 1 is not v1: write v1', endpoints('apiVersion: 1\nkind: Endpoints')],
    ['apiVersion: "V1" is not v1: write v1', endpoints('apiVersion: V1\nkind: Endpoints')],
    ['apiVersion: "v1/" is not v1: write v1', endpoints('apiVersion: v1/\nkind: Endpoints')],
    ['apiVersion: "apps/v1" is not v1: write v1', endpoints('apiVersion: apps/v1\nkind: Endpoints')],
    ['apiVersion: "core/v1" is not v1: write v1', endpoints('apiVersion: core/v1\nkind: Endpoints')],
    ['apiVersion: "discovery.k8s.io/v1" is not v1', endpoints('apiVersion: discovery.k8s.io/v1\nkind: Endpoints')],
    ['apiVersion: "networking.k8s.io/v1" is not v1', endpoints('apiVersion: networking.k8s.io/v1\nkind: Endpoint')],
    ['kind: "EndpointSlices" is not EndpointSlice', slice('apiVersion: discovery.k8s.io/v1\nkind: EndpointSlices')],
    ['kind: "endpointslice" is not EndpointSlice', slice('apiVersion: discovery.k8s.io/v1\nkind: endpointslice')],
    ['kind: "Endpointslice" is not EndpointSlice', slice('apiVersion: discovery.k8s.io/v1\nkind: Endpointslice')],
    ['kind: is missing: write EndpointSlice', slice('apiVersion: discovery.k8s.io/v1')],
    ['apiVersion: "v1" is not discovery.k8s.io/v1', slice('apiVersion: v1\nkind: EndpointSlice')],
    ['apiVersion: "apps/v1" is not discovery.k8s.io/v1', slice('apiVersion: apps/v1\nkind: EndpointSlice')],
    ['apiVersion: "discovery/v1" is not discovery.k8s.io/v1', slice('apiVersion: discovery/v1\nkind: EndpointSlice')],
    ['apiVersion: "discovery.k8s.io/v2" is not', slice('apiVersion: discovery.k8s.io/v2\nkind: EndpointSlice')],
    ['apiVersion: "discovery.k8s.oi/v1" is not', slice('apiVersion: discovery.k8s.oi/v1\nkind: EndpointSlice')],
    ['apiVersion: "Discovery.K8s.io/v1" is not', slice('apiVersion: Discovery.K8s.io/v1\nkind: EndpointSlice')],
  ])('%s', async (message, input) => {
    const { code, out } = await checkText(input);
    expect(code).toBe(1);
    expect(out).toContain(message);
    expect(out).toContain('"127.0.0.1" is a loopback address');
  });
});

test.each([
  ['Endpoints of somebody’s group', endpoints('apiVersion: acme.example.com/v1\nkind: Endpoints')],
  ['an Endpoint of somebody’s group', endpoints('apiVersion: networking.x/v1\nkind: Endpoint')],
  ['an EndpointSlice of somebody’s group', slice('apiVersion: discovery.kcp.io/v1\nkind: EndpointSlice')],
  ['a group of the sub-projects of Kubernetes', slice('apiVersion: multicluster.x-k8s.io/v1\nkind: EndpointSlice')],
  ['a CiliumEndpoint', endpoints('apiVersion: cilium.io/v2\nkind: CiliumEndpoint')],
  ['a CiliumEndpointSlice', slice('apiVersion: cilium.io/v2alpha1\nkind: CiliumEndpointSlice')],
  ['a file of values', 'replicaCount: 1\nsubsets: []\nendpoints: [a]\naddressType: IPv4\n'],
  ['a setting that is called kind', 'kind: endpoint\nurl: http://127.0.0.1\n'],
  ['a Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n'],
  ['a kustomization', 'resources: [endpoints.yaml]\n'],
  ['a workflow', 'on: push\njobs: {test: {runs-on: ubuntu-latest}}\n'],
])('%s is none of ours', async (_, input) => {
  const ours = endpoints('apiVersion: v1\nkind: Endpoints').replace('127.0.0.1', '10.1.2.3');
  expect(await checkText(`${ours}---\n${input}`)).toEqual({
    code: 0,
    out: '',
    err: '1 object checked: 0 denials, 0 warnings; 1 other object skipped\n',
  });
});

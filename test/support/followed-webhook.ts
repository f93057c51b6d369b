import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { type FakeCluster, startFakeCluster } from './fake-cluster.ts';
import { createReview, startWebhook } from './webhook.ts';

/** Collections of a fake cluster. */
export const collections = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  nodes: '/api/v1/nodes',
  serviceCidrs: '/apis/networking.k8s.io/v1/servicecidrs',
  endpoints: '/api/v1/endpoints',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
};

export function runningPod(namespace: string, name: string, ...ips: readonly string[]) {
  const status = { phase: 'Running', podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec: {}, status };
}

/** All four rules that have to know the cluster; pods are inside 10.244.0.0/16 and fd00:10::/32. */
export const ownership = {
  'foreign-pod': { enforcement: 'deny' },
  'unclaimed-address': { enforcement: 'deny', networks: ['10.244.0.0/16', 'fd00:10::/32'] },
  'service-address': { enforcement: 'deny' },
  'node-address': { enforcement: 'deny' },
};

/** A review of Endpoints in the namespace `shop` with these addresses. */
export function listing(ips: readonly string[], request: Readonly<Record<string, unknown>> = {}) {
  return createReview(endpointsOf(ips), request);
}

export function endpointsOf(ips: readonly string[]) {
  const metadata = { name: 'web', namespace: 'shop' };
  const subsets = [{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80 }] }];
  return { kind: 'Endpoints', apiVersion: 'v1', metadata, subsets };
}

export function sliceListing(ips: readonly string[], addressType = 'IPv4') {
  const resource = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
  const metadata = { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } };
  const endpoints = ips.map((ip) => ({ addresses: [ip] }));
  const slice = {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata,
    addressType,
    endpoints,
    ports: [],
  };
  return createReview(slice, { resource });
}

interface Options {
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly serve?: Parameters<typeof startWebhook>[0];
  /** Before the webhook starts. */
  readonly prepare?: (cluster: FakeCluster) => void;
  /** Whether to wait until it is ready. */
  readonly isReady?: boolean;
}

/** A webhook that follows a fake cluster. Both end with the test. */
export async function startFollowedWebhook({
  policy = {},
  serve = {},
  prepare = () => {},
  isReady = true,
}: Options = {}) {
  const cluster = await startFakeCluster();
  prepare(cluster);
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
  const file = join(folder, 'policy.yaml');
  const source = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', rules: ownership, ...policy };
  writeFileSync(file, JSON.stringify(source));
  const webhook = await startWebhook({ kubeconfig: cluster.kubeconfig, policy: file, ...serve });
  onTestFinished(async () => {
    await webhook.running.close();
    await cluster.close();
    rmSync(folder, { recursive: true });
  });
  const readiness = async () => {
    const { status, text } = await webhook.operations.get('/readyz?verbose');
    return { status, text };
  };
  if (isReady) await eventually(async () => expect((await readiness()).status).toBe(200), { interval: 20 });
  const metric = async (name: string) =>
    Number(
      (await webhook.metrics())
        .split('\n')
        .find((line) => line.startsWith(`endpoints_webhook_${name} `))
        ?.split(' ')
        .at(-1) ?? Number.NaN,
    );
  return {
    ...webhook,
    cluster,
    readiness,
    metric,
    /** Resolves once a metric has the value, as what has been put into the cluster is seen. */
    sees: (name: string, value: number) =>
      eventually(async () => expect(await metric(name)).toBe(value), { interval: 20 }),
    /** GETs of pods that the API server has had. */
    looks: () => cluster.requests.filter(({ isWatch, url }) => !isWatch && /\/namespaces\/[^/]+\/pods/.test(url)),
  };
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

// Where no port is written, ingress-nginx and Linkerd connect to the Service's targetPort.

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
const policy = join(folder, 'policy.yaml');
const rules = { 'forbidden-port': { presets: ['control-plane'] } };
writeFileSync(policy, JSON.stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', rules }));

const webhook = await startWebhook({ policy });
afterAll(async () => {
  await webhook.running.close();
  rmSync(folder, { recursive: true });
});

const subsets = [{ addresses: [{ ip: '10.1.2.3' }] }];
const slice = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.2.3'], conditions: {} }],
};
const asked = { resource: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' }, name: 'web-1' };
const http = [{ name: 'http', port: 80, protocol: 'TCP' }];
const labelled = { ...good.metadata, labels: { a: 'b' } };

test.each<[string, object, readonly string[]]>([
  ['an update of Endpoints that drops the ports', updateReview({ ...good, subsets }, good), ['subsets[0].ports']],
  [
    'an update of Endpoints that empties the ports',
    updateReview({ ...good, subsets: [{ ...subsets[0], ports: [] }] }, good),
    ['subsets[0].ports'],
  ],
  [
    'an update of a slice that drops the ports',
    updateReview({ ...slice, ports: null }, { ...slice, ports: http }, asked),
    ['ports'],
  ],
  [
    'an update of a slice without ports that adds an address',
    updateReview({ ...slice, ports: [] }, { ...slice, endpoints: [], ports: [] }, asked),
    ['ports'],
  ],
  ['a new slice without ports', createReview(slice, asked), ['ports']],
  ['a new slice without ports and without endpoints', createReview({ ...slice, endpoints: [] }, asked), []],
  ['an update that adds the ports', updateReview(good, { ...good, subsets }), []],
  ['an update that takes the addresses away too', updateReview({ ...good, subsets: [] }, good), []],
  [
    'an update that leaves Endpoints without ports as they were',
    updateReview({ ...good, subsets, metadata: labelled }, { ...good, subsets }),
    [],
  ],
])('%s', async (_, review, fields) => {
  const { allowed, status } = await webhook.ask('/validate', review);
  const causes = status?.details?.causes ?? [];
  expect([allowed, ...causes.map(({ field }) => field)]).toEqual([fields.length === 0, ...fields]);
  expect(status?.message ?? '').toMatch(fields.length === 0 ? '' : /\[endpoints-webhook: forbidden-port\]/);
});

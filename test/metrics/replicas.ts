import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditSummary } from '../../src/audit/summary.ts';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { install, startApiServer } from '../support/api-server.ts';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';
import { collections, ownership, runningPod } from '../support/followed-webhook.ts';
import { endpointsOf, forbidden, places, sliceOf } from '../support/waking.ts';
import { clientOf, spawnServe } from '../support/webhook.ts';

/** Two processes, as two pods of the chart: one follows a cluster, the other keeps its certificates. */
export interface Replicas {
  readonly operationsPorts: readonly number[];
  /** Of the first. */
  readonly client: ReturnType<typeof clientOf>;
  readonly cluster: FakeCluster;
  close(): Promise<void>;
}

const free = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];

export async function startReplicas(): Promise<Replicas> {
  const folder = mkdtempSync(join(tmpdir(), 'replicas-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const cluster = await startFakeCluster();
  furnish(cluster);
  const api = await startApiServer();
  install(api);
  const { certificate, privateKey } = await issueSelfSigned(new Date());
  const tls = [
    '--tls-cert-file',
    write('tls.crt', certificate),
    '--tls-private-key-file',
    write('tls.key', privateKey),
  ];
  const following = spawnServe([
    ...free,
    ...tls,
    '--policy',
    write('policy', policy),
    '--kubeconfig',
    cluster.kubeconfig,
    '--audit-summary',
    write('summary.json', JSON.stringify(lastAudit())),
  ]);
  const keeping = spawnServe([...free, '--kubeconfig', write('kubeconfig', api.kubeconfig()), ...selfManaged]);
  const ports = await Promise.all([following.listening, keeping.listening]);
  const [first] = ports;
  return {
    operationsPorts: ports.map(({ operationsPort }) => operationsPort),
    client: clientOf({ ...first, certificate }),
    cluster,
    async close() {
      for (const { child } of [following, keeping]) child.kill('SIGTERM');
      await Promise.all([following.ended, keeping.ended]);
      await cluster.close();
      await api.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const selfManaged = [
  ...['--self-managed-secret', 'webhook/webhook-ca', '--serving-name', 'webhook.webhook.svc'],
  ...[
    '--webhook-configuration',
    'validating/webhook-endpoints',
    '--webhook-configuration',
    'mutating/webhook-endpoints',
  ],
];

const policy = JSON.stringify({
  apiVersion: 'endpoints-webhook.io/v1alpha1',
  kind: 'Policy',
  rules: { ...ownership, ...forbidden.rules },
});

/** As the CronJob of the chart writes it. */
function lastAudit(): AuditSummary {
  return {
    time: Math.floor(Date.now() / 1000) - 600,
    objects: { Endpoints: 180, EndpointSlice: 190, Service: 200 },
    findings: [
      { rule: 'forbidden-network', enforcement: 'deny', count: 3 },
      { rule: 'port-name-label', enforcement: 'warn', count: 12 },
    ],
    namespaces: 4,
  };
}

/** Pods, a node and a Service, one pod outside of the networks, and what a new Service finds. */
function furnish(cluster: FakeCluster): void {
  for (let i = 0; i < 20; i++)
    cluster.put(collections.pods, runningPod(i % 2 === 0 ? 'shop' : 'other', `pod-${i}`, `10.244.0.${i + 1}`));
  cluster.put(collections.pods, runningPod('shop', 'outside', '172.16.0.1'));
  const addresses = [{ type: 'InternalIP', address: '192.168.1.1' }];
  cluster.put(collections.nodes, { kind: 'Node', apiVersion: 'v1', metadata: { name: 'node' }, status: { addresses } });
  const spec = { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] };
  const metadata = { namespace: 'shop', name: 'dns' };
  cluster.put(collections.services, { kind: 'Service', apiVersion: 'v1', metadata, spec });
  cluster.put(places.Endpoints, endpointsOf('10.200.1.5'));
  cluster.put(places.EndpointSlice, sliceOf('10.1.2.3'));
}

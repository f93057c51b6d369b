import { expect, inject } from 'vitest';
import { api } from './api.ts';
import { kinds, slicesOf } from './kinds.ts';
import { freshName, path, release } from './names.ts';
import { createNamespace } from './namespace.ts';
import { clusterNetworks, type Networks } from './networks.ts';
import { runPod } from './pod.ts';
import { install } from './release.ts';
import { freshTenant } from './rights.ts';
import { createService, port, server } from './traffic.ts';
import { until } from './until.ts';

/** What tenants must not aim at, in this cluster. */
export interface Guarded {
  readonly networks: Networks;
  /** Another tenant's namespace, in which a pod answers `secret`, and a Service leads to it. */
  readonly victim: { readonly namespace: string; readonly pod: string; readonly service: string };
  readonly node: string;
  readonly apiServer: { readonly ip: string; readonly port: number };
}

type Settings = Readonly<Record<string, unknown>>;

/** Installs the chart with the networks of this very cluster, and waits until both kinds are judged by them. */
export async function guard(policy: Settings = {}, values: Settings = {}): Promise<Guarded> {
  const victim = await createVictim();
  const networks = await clusterNetworks(victim.pod);
  await installGuard(networks, policy, values);
  const apiServer = await addressOfApiServer();
  return { networks, victim, node: networks.nodes[0]?.split('/')[0] ?? '', apiServer };
}

/** The policy of `guard` with more rules or entries, and more values of the chart. */
export async function installGuard({ pods, services, nodes }: Networks, policy: Settings = {}, values: Settings = {}) {
  const { rules = {}, ...rest } = policy as { rules?: object };
  const forbidden = {
    'forbidden-network': { networks: [...pods, ...services, ...nodes] },
    'forbidden-port': { presets: ['control-plane'] },
  };
  await install({ shutdown: { drainSeconds: 1 }, policy: { rules: { ...forbidden, ...rules }, ...rest }, ...values });
  await until('only new pods are left', onlyNewPods);
  await until('forbidden targets of both kinds are refused by us', refusesBoth);
}

export async function onlyNewPods(): Promise<boolean> {
  const { name, namespace } = release();
  const selector = encodeURIComponent(`app.kubernetes.io/instance=${name},app.kubernetes.io/component=webhook`);
  const { body } = await api().get(`${path(namespace, 'pods')}?labelSelector=${selector}`);
  return (body.items ?? []).every(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

let gate: ReturnType<typeof tenantNamespace> | undefined;

async function refusesBoth(): Promise<boolean> {
  gate ??= tenantNamespace('gate');
  const { namespace, tenant: as } = await gate;
  for (const kind of kinds) {
    const probe = kind.object(freshName('probe'), '168.63.129.16');
    const { text } = await api().post(`${kind.path(namespace)}?dryRun=All`, probe, { as });
    if (!text.includes('[endpoints-webhook: forbidden-network]')) return false;
  }
  return true;
}

/** Another tenant, with a pod and a Service. */
export async function createVictim(): Promise<Guarded['victim']> {
  const namespace = freshName(`e2e-${inject('run')}-victim`);
  await createNamespace(namespace, 'restricted');
  const pod = await runPod(namespace, 'secret', server, { labels: { app: 'secret' }, env: { NAME: 'secret' } });
  const service = await createService(namespace, 'secret', { app: 'secret' });
  return { namespace, pod: pod.status?.podIP ?? '', service: service.spec?.clusterIP ?? '' };
}

export async function addressOfApiServer(): Promise<Guarded['apiServer']> {
  const [slice] = await slicesOf('default', 'kubernetes');
  const ports = (slice as { ports?: readonly { port: number }[] } | undefined)?.ports;
  const ip = slice?.endpoints?.[0]?.addresses[0];
  expect(ip).toBeDefined();
  return { ip: ip ?? '', port: ports?.[0]?.port ?? 0 };
}

/** A namespace of a tenant of his own, who may write there, and a pod in it that calls whom it is told to. */
export async function tenantNamespace(what: string) {
  const namespace = freshName(`e2e-${inject('run')}-${what}`);
  await createNamespace(namespace, 'restricted');
  return { namespace, tenant: await freshTenant(namespace) };
}

const caller = `
require('http').createServer((request, answer) => {
  const host = new URL(request.url, 'http://a').searchParams.get('host');
  const sent = require('http').get({ host, port: ${port}, agent: false, timeout: 700 }, (from) => from.pipe(answer));
  const fail = (error) => answer.end('not reached: ' + error);
  sent.on('error', fail).on('timeout', () => sent.destroy(new Error('no answer')));
}).listen(${port});`;

/** A pod that calls an address from inside of the cluster, and what it got to read. */
export async function startCaller(namespace: string): Promise<(host: string) => Promise<string>> {
  await runPod(namespace, 'caller', caller);
  const proxy = `${path(namespace, 'pods', `caller:${port}`)}/proxy/`;
  return async (host) => (await api().get(`${proxy}?host=${host}`)).text;
}

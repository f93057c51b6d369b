import { type As, api } from './api.ts';
import { addressOfApiServer, createVictim, type Guarded, onlyNewPods, tenantNamespace } from './guard.ts';
import { type JudgedKind, kinds } from './kinds.ts';
import { freshName } from './names.ts';
import { clusterNetworks, type Networks } from './networks.ts';
import { runPod } from './pod.ts';
import { install } from './release.ts';
import { server } from './traffic.ts';
import { timed, until } from './until.ts';

/** Two tenants with pods, and a webhook that finds out whose an address is. */
export interface Owned extends Guarded {
  /** Of the tenant who writes. */
  readonly namespace: string;
  readonly tenant: As;
  readonly own: string;
  /** What `helm upgrade --install --wait` took. */
  readonly seconds: number;
}

let owned: Promise<Owned> | undefined;

/** Installed once for all scenarios that want it, as nothing else is in between. */
export function ownership(): Promise<Owned> {
  owned ??= installOwnership();
  return owned;
}

async function installOwnership(): Promise<Owned> {
  const victim = await createVictim();
  const networks = await clusterNetworks(victim.pod);
  const { namespace, tenant } = await tenantNamespace('owner');
  const own = await runPod(namespace, 'own', server, { env: { NAME: 'own' } });
  const policy = await ownershipPolicy(networks);
  const { seconds } = await timed(() => install({ shutdown: { drainSeconds: 1 }, policy }));
  await until('only new pods are left', onlyNewPods);
  const refusesBoth = async () => {
    const answers = await Promise.all(kinds.map((kind) => write(kind, namespace, victim.pod, tenant)));
    return answers.every(({ text }) => text.includes('[endpoints-webhook: foreign-pod]'));
  };
  await until('addresses of another tenant’s pods are refused by us', refusesBoth);
  const apiServer = await addressOfApiServer();
  const node = networks.nodes[0]?.split('/')[0] ?? '';
  return { networks, victim, node, apiServer, namespace, tenant, own: own.status?.podIP ?? '', seconds };
}

/** What tells trusting and strict namespaces is their names, which `tenantNamespace` makes. */
async function ownershipPolicy({ pods, services }: Networks) {
  const deny = { enforcement: 'deny' };
  const trust = [{ from: ['e2e-*-trusting-*'], to: ['e2e-*-victim-*'] }];
  const { status } = await api().get('/apis/networking.k8s.io/v1/servicecidrs');
  return {
    rules: {
      'foreign-pod': { ...deny, trust },
      'unclaimed-address': { ...deny, networks: pods },
      'service-address': { ...deny, trust, networks: status === 200 ? [] : services },
      'node-address': deny,
    },
    namespaces: [{ match: ['e2e-*-strict-*'], rules: { 'service-address': { externalIPs: true } } }],
  };
}

/** What comes of a dry creation of an object with one address. */
export function write(kind: JudgedKind, namespace: string, ip: string, as: As) {
  return api().post(`${kind.path(namespace)}?dryRun=All`, kind.object(freshName('owned'), ip), { as });
}

/** An address in a network of pods that no pod gets while the tests run. */
export function unusedIn([network = '']: readonly string[], last: number): string {
  const [address = '', prefix] = network.split('/');
  if (address.includes(':')) return `${address.replace(/::?$/, '')}::fffe:${last}`;
  const [a, b, c] = address.split('.');
  return Number(prefix) > 16 ? `${a}.${b}.${c}.${240 + last}` : `${a}.${b}.250.${last}`;
}

/** An IPv4 address as NAT64 writes it. */
export function nat64(ip: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return `64:ff9b::${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

import { api } from './api.ts';
import { mustKubectl } from './kubectl.ts';

/** Where a cluster keeps what tenants must not aim at, as CIDRs. */
export interface Networks {
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly nodes: readonly string[];
}

/** Asks the cluster. `podAddress` stands for the pods where nodes do not say what they assign. */
export async function clusterNetworks(podAddress: string): Promise<Networks> {
  const nodes = JSON.parse(await mustKubectl(['get', 'nodes', '--output', 'json'])).items as readonly Node[];
  const assigned = nodes.flatMap(({ spec }) => spec.podCIDRs ?? []);
  const pods = assigned.length > 0 ? assigned : [around(podAddress)];
  return { pods, services: await serviceNetworks(), nodes: nodes.flatMap(addressesOf) };
}

interface Node {
  readonly spec: { readonly podCIDRs?: readonly string[] };
  readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
}

function addressesOf({ status }: Node): readonly string[] {
  const internal = status.addresses.filter(({ type }) => type === 'InternalIP');
  return internal.map(({ address }) => `${address}/${address.includes(':') ? 128 : 32}`);
}

/** ServiceCIDR objects are of Kubernetes 1.33; before, the first ClusterIP has to do. */
async function serviceNetworks(): Promise<readonly string[]> {
  const { status, text } = await api().get('/apis/networking.k8s.io/v1/servicecidrs');
  if (status === 200)
    return (JSON.parse(text).items as readonly { spec: { cidrs: readonly string[] } }[]).flatMap(
      ({ spec }) => spec.cidrs,
    );
  const { body } = await api().get('/api/v1/namespaces/default/services/kubernetes');
  return [around(body.spec?.clusterIP ?? '')];
}

/** The network of the usual size around an address. */
function around(address: string): string {
  if (address.includes(':')) return `${address.split(':').slice(0, 4).join(':')}::/64`;
  return `${address.split('.').slice(0, 2).join('.')}.0.0/16`;
}

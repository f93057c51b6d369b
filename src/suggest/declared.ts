import { load } from 'js-yaml';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { type NamedNetwork, nameNetworks } from './named-network.ts';

/** What an object of the cluster says of its networks. */
export interface Declared {
  readonly pods?: readonly NamedNetwork[];
  readonly services?: readonly NamedNetwork[];
  /** What gives pods addresses of subnets in which other machines have theirs. */
  readonly sharing?: string;
}

/** Where a distribution or a network plugin keeps its networks: in one object, or in all objects of a kind. */
export type Place = {
  /** Of an API that not every cluster serves: its group. */
  readonly group?: string;
  read(object: unknown): Declared;
} & (
  | { readonly path: string; readonly what: string; readonly list?: never }
  | { readonly list: { readonly api: string; readonly plural: string } }
);

/** In mode cluster-pool, Cilium gives each Node its networks. */
export const ciliumNodes = {
  ...{ group: 'cilium.io', api: '/apis/cilium.io/v2', plural: 'ciliumnodes' },
  optional: true,
} as const;

const configMap = (namespace: string, name: string, read: (data: Fields, what: string) => Declared): Place => ({
  path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
  what: `ConfigMap ${namespace}/${name}`,
  read: (object) => read(fieldsOf(fieldsOf(object).data), `ConfigMap ${namespace}/${name}`),
});

const custom = (
  group: string,
  version: string,
  plural: string,
  read: (spec: Fields, name: string) => Declared,
): Place => ({
  group,
  list: { api: `/apis/${group}/${version}`, plural },
  read: (object) => {
    const { metadata, spec } = fieldsOf(object);
    return read(fieldsOf(spec), String(fieldsOf(metadata).name));
  },
});

const ipPool = ({ cidr, disabled }: Fields, name: string): Declared =>
  disabled === true ? {} : { pods: nameNetworks([cidr], `Calico's IPPool ${name}`) };

const flannel = (data: Fields, what: string): Declared => {
  const { Network, IPv6Network } = parsed(data['net-conf.json']);
  return { pods: nameNetworks([Network, IPv6Network], `Network in ${what}`) };
};

/** Everywhere that is looked. */
export const places: readonly Place[] = [
  configMap('kube-system', 'kubeadm-config', (data, what) => {
    const { podSubnet, serviceSubnet } = fieldsOf(parsed(data.ClusterConfiguration).networking);
    return {
      pods: nameNetworks([podSubnet], `podSubnet in ${what}`),
      services: nameNetworks([serviceSubnet], `serviceSubnet in ${what}`),
    };
  }),
  configMap('kube-system', 'kube-proxy', (data, what) => ({
    pods: nameNetworks([parsed(data['config.conf']).clusterCIDR], `clusterCIDR in ${what}`),
  })),
  configMap('kube-system', 'cilium-config', readCilium),
  configMap('kube-flannel', 'kube-flannel-cfg', flannel),
  configMap('kube-system', 'kube-flannel-cfg', flannel),
  custom('crd.projectcalico.org', 'v1', 'ippools', ipPool),
  custom('projectcalico.org', 'v3', 'ippools', ipPool),
  custom('cilium.io', 'v2alpha1', 'ciliumpodippools', ({ ipv4, ipv6 }, name) => ({
    pods: nameNetworks([...listOf(fieldsOf(ipv4).cidrs), ...listOf(fieldsOf(ipv6).cidrs)], `CiliumPodIPPool ${name}`),
  })),
  {
    path: '/apis/config.openshift.io/v1/networks/cluster',
    what: 'the Network of OpenShift',
    group: 'config.openshift.io',
    read: (object) => {
      const { clusterNetwork, serviceNetwork } = fieldsOf(fieldsOf(object).status);
      const pods = listOf(clusterNetwork).map((one) => fieldsOf(one).cidr);
      return {
        pods: nameNetworks(pods, "clusterNetwork in OpenShift's Network"),
        services: nameNetworks(listOf(serviceNetwork), "serviceNetwork in OpenShift's Network"),
      };
    },
  },
];

const cloudModes: readonly unknown[] = ['eni', 'azure', 'alibabacloud'];

function readCilium(data: Fields, what: string): Declared {
  const { ipam } = data;
  if (cloudModes.includes(ipam)) return { sharing: `Cilium with ipam: ${ipam}` };
  if (typeof ipam !== 'string' || !ipam.startsWith('cluster-pool')) return {};
  const pools = [data['cluster-pool-ipv4-cidr'], data['cluster-pool-ipv6-cidr']];
  return { pods: nameNetworks(pools, `cluster-pool in ${what}`) };
}

/** YAML or JSON in a text; `{}` for what cannot be read. */
function parsed(text: unknown): Fields {
  try {
    return typeof text === 'string' ? fieldsOf(load(text)) : {};
  } catch {
    return {};
  }
}

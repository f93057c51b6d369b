import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import type { Kind } from '../../src/endpoints/view.ts';
import { parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { review } from '../../src/review/review.ts';
import { rules } from '../../src/rules/index.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';

// The tables of who may list whose address: each row in both kinds, as IPv4, IPv6 and IPv4 inside IPv6, created and updated.

type Settings = Readonly<Record<string, object>>;

const others = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));

function policyOf(settings: Settings) {
  const on = Object.entries(settings).map(([id, own]) => [id, { enforcement: 'deny', ...own }]);
  const { policy, findings } = parsePolicy({
    ...{ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' },
    rules: { ...others, ...Object.fromEntries(on) },
  });
  if (!policy) throw new Error(findings.map(policyFindingText).join('; '));
  return policy;
}

const metadata = { name: 'web' };

function objectOf(kind: Kind, ip: string, port: number | null = 80) {
  const ports = [port === null ? {} : { port, protocol: 'TCP' }];
  if (kind === 'Endpoints') return { apiVersion: 'v1', kind, metadata, subsets: [{ addresses: [{ ip }], ports }] };
  const addressType = ip.includes(':') ? 'IPv6' : 'IPv4';
  return {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind, metadata, addressType },
    ...{ endpoints: [{ addresses: [ip], conditions: { ready: false } }], ports },
  };
}

interface Asked {
  readonly cluster: readonly object[];
  readonly ip: string;
  readonly on?: Settings;
  readonly kind?: Kind;
  readonly operation?: 'CREATE' | 'UPDATE';
  readonly port?: number | null;
  readonly namespace?: string;
}

const all: Settings = {
  'foreign-pod': {},
  'unclaimed-address': { networks: ['10.244.0.0/16', 'fd00:244::/48'] },
  'service-address': { networks: ['10.96.0.0/12', 'fd00:96::/108'] },
  'node-address': {},
};

/** `rule: message` of each violation, without the place, which must be that of the address. */
function told({
  cluster,
  ip,
  on = all,
  kind = 'Endpoints',
  operation = 'CREATE',
  port = 80,
  namespace = 'shop',
}: Asked): readonly string[] {
  const known = clusterOf(cluster);
  const object = objectOf(kind, ip, port);
  const previous = objectOf(kind, ip.includes(':') ? '2001:db8::9' : '192.0.2.9', port);
  const requester = { user: 'somebody', groups: [] };
  const asked = { kind, operation, namespace, requester, object, previous };
  const { violations, allowed } = review(policyOf(on), asked, () => known);
  expect(allowed).toBe(violations.length === 0);
  return violations.map(({ rule, finding }) => {
    const place = kind === 'Endpoints' ? 'subsets[0].addresses[0].ip' : 'endpoints[0].addresses[0]';
    expect(pathText(finding.path)).toBe(place);
    return `${rule.id}: ${finding.message}`;
  });
}

const rulesTold = (asked: Asked) => told(asked).map((text) => text.split(':')[0]);

interface Spelling {
  readonly title: string;
  readonly v6: boolean;
  /** How an address of the cluster is listed. */
  readonly listed: (ip: string) => string;
}

const hex = (ip: string) => {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};

const spellings: readonly Spelling[] = [
  { title: 'IPv4', v6: false, listed: (ip) => ip },
  { title: 'IPv6', v6: true, listed: (ip) => ip },
  { title: 'IPv6, written otherwise', v6: true, listed: (ip) => ip.replace('::', ':0:0:0::').toUpperCase() },
  { title: 'IPv4 behind NAT64', v6: false, listed: (ip) => `64:ff9b::${ip}` },
  { title: 'IPv4 in 6to4', v6: false, listed: (ip) => `2002:${hex(ip)}::1` },
  { title: 'IPv4 in IPv4-compatible', v6: false, listed: (ip) => `::${ip}` },
  { title: 'IPv4 in ISATAP', v6: false, listed: (ip) => `2001:db8::5efe:${ip}` },
];

const ways = spellings.flatMap((spelling) =>
  (['Endpoints', 'EndpointSlice'] as const).flatMap((kind) =>
    (['CREATE', 'UPDATE'] as const).map((operation) => ({
      ...spelling,
      kind,
      operation,
      way: `${spelling.title}, ${operation} of ${kind}`,
    })),
  ),
);

/** The address of an address's row: of the family of the spelling. */
const pick = (v6: boolean, ipv4: string, ipv6: string) => (v6 ? ipv6 : ipv4);

type Holder = (ip: string) => object;

const pod =
  (
    namespace: string,
    { name = 'p', phase = 'Running', hostNetwork = false, ...metadata }: Readonly<Record<string, unknown>> = {},
  ): Holder =>
  (ip) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, ...metadata } },
    ...{ spec: { hostNetwork }, status: { phase, podIP: ip, podIPs: [{ ip }] } },
  });
const own = (more: object = {}) => pod('shop', { ...more });
const foreign = (more: object = {}) => pod('bank', { ...more });
const second: Holder = (ip) => ({
  ...{ kind: 'Pod', metadata: { namespace: 'bank', name: 'dual' } },
  status: { phase: 'Running', podIP: '203.0.113.1', podIPs: [{ ip: '203.0.113.1' }, { ip }] },
});
const ownSecond: Holder = (ip) => ({ ...second(ip), metadata: { namespace: 'shop', name: 'dual' } });
const deleted = { deletionTimestamp: '2026-11-30T00:00:00Z', deletionGracePeriodSeconds: 30 };

const service =
  (namespace: string, fields: (ip: string) => { spec?: object; status?: object }): Holder =>
  (ip) => ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 's' }, ...fields(ip) });
const clusterIP = (ip: string) => ({ spec: { clusterIP: ip, clusterIPs: [ip] } });
const ingress = (ip: string, more: object = {}) => ({
  ...{ spec: { type: 'LoadBalancer', clusterIP: '10.111.1.1' } },
  status: { loadBalancer: { ingress: [{ ip, ...more }] } },
});
const node =
  (type: string): Holder =>
  (ip) => ({ kind: 'Node', metadata: { name: `n-${type}` }, status: { addresses: [{ type, address: ip }] } });
const apiServer: Holder = (ip) => ({
  ...{ kind: 'EndpointSlice', metadata: kubernetes },
  ...{ addressType: 'IPv4', endpoints: [{ addresses: ['203.0.113.7'] }, { addresses: [ip] }] },
});
const kubernetes = {
  ...{ namespace: 'default', name: 'kubernetes' },
  labels: { 'kubernetes.io/service-name': 'kubernetes' },
};

const inPodNetwork = ['10.244.3.7', 'fd00:244::307'] as const;
const inServiceNetwork = ['10.96.7.7', 'fd00:96::707'] as const;
const outside = ['203.0.113.5', '2001:db8::5'] as const;

const rows: readonly [what: string, holders: readonly Holder[], of: readonly [string, string], refusedBy: string[]][] =
  [
    ['an own pod', [own()], inPodNetwork, []],
    ['an own pod that is not ready', [own({ phase: 'Pending' })], inPodNetwork, []],
    ['an own pod whose node is lost', [own({ phase: 'Unknown' })], inPodNetwork, []],
    ['an own pod that is being deleted', [own(deleted)], inPodNetwork, []],
    ['an own pod outside of the pod networks', [own()], outside, []],
    ['an own pod, its second address', [ownSecond], inPodNetwork, []],
    ['a foreign pod', [foreign()], inPodNetwork, ['foreign-pod']],
    ['a foreign pod outside of the pod networks', [foreign()], outside, ['foreign-pod']],
    ['a foreign pod, its second address', [second], inPodNetwork, ['foreign-pod']],
    ['a foreign pod that is being deleted', [foreign(deleted)], inPodNetwork, ['foreign-pod']],
    ['a foreign pod whose node is lost', [foreign({ phase: 'Unknown' })], inPodNetwork, ['foreign-pod']],
    ['a foreign pod that is pending', [foreign({ phase: 'Pending' })], inPodNetwork, ['foreign-pod']],
    ['a foreign pod whose phase cannot be read', [foreign({ phase: 7 })], inPodNetwork, ['foreign-pod']],
    ['an own and a foreign pod', [own(), foreign()], inPodNetwork, ['foreign-pod']],
    ['a foreign and an own pod', [foreign(), own()], inPodNetwork, ['foreign-pod']],
    ['a foreign pod that failed, and an own one', [foreign({ phase: 'Failed' }), own()], inPodNetwork, []],
    ['a foreign pod that failed', [foreign({ phase: 'Failed' })], inPodNetwork, ['unclaimed-address']],
    ['a foreign pod that succeeded', [foreign({ phase: 'Succeeded' })], inPodNetwork, ['unclaimed-address']],
    ['an own pod that failed', [own({ phase: 'Failed' })], inPodNetwork, ['unclaimed-address']],
    ['a foreign pod that failed, outside', [foreign({ phase: 'Failed' })], outside, []],
    ['nobody, inside a pod network', [], inPodNetwork, ['unclaimed-address']],
    ['nobody, outside of all', [], outside, []],
    [
      'a node, and of a foreign pod in its network',
      [node('InternalIP'), foreign({ hostNetwork: true })],
      outside,
      ['node-address'],
    ],
    [
      'a node, and of an own pod in its network',
      [node('InternalIP'), own({ hostNetwork: true })],
      outside,
      ['node-address'],
    ],
    ['a node, inside a pod network', [node('InternalIP')], inPodNetwork, ['node-address']],
    ['a foreign pod in its node’s network, of a node that is not known', [foreign({ hostNetwork: true })], outside, []],
    ...['InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS', 'SomethingNew'].map(
      (type): (typeof rows)[number] => [`a node, as its ${type}`, [node(type)], outside, ['node-address']],
    ),
    ['an API server, the second of several', [apiServer], outside, ['node-address']],
    ['a foreign Service', [service('bank', clusterIP)], inServiceNetwork, ['service-address']],
    ['an own Service', [service('shop', clusterIP)], inServiceNetwork, ['service-address']],
    ['a Service outside of the Service networks', [service('shop', clusterIP)], outside, ['service-address']],
    [
      'a Service, as its cluster IP of the second family',
      [service('bank', (ip) => ({ spec: { clusterIP: '203.0.113.1', clusterIPs: ['203.0.113.1', ip] } }))],
      outside,
      ['service-address'],
    ],
    ['nobody, inside a Service network', [], inServiceNetwork, ['service-address']],
    ['the load balancer of a foreign Service', [service('bank', ingress)], outside, ['service-address']],
    ['the load balancer of an own Service', [service('shop', ingress)], outside, []],
    [
      'the load balancer of a foreign Service, that is a proxy',
      [service('bank', (ip) => ingress(ip, { ipMode: 'Proxy' }))],
      outside,
      ['service-address'],
    ],
    [
      'the load balancer of a foreign Service, with a name',
      [service('bank', (ip) => ingress(ip, { ipMode: 'VIP', hostname: 'lb.example.com' }))],
      outside,
      ['service-address'],
    ],
    [
      'a load balancer that an own and a foreign Service share',
      [service('shop', ingress), service('bank', ingress)],
      outside,
      ['service-address'],
    ],
    ['the load balancer of an own Service, inside a Service network', [service('shop', ingress)], inServiceNetwork, []],
    ['the load balancer of an own Service, inside a pod network', [service('shop', ingress)], inPodNetwork, []],
    ['a foreign Service, as an external IP', [service('bank', (ip) => ({ spec: { externalIPs: [ip] } }))], outside, []],
    [
      'an own Service, as an external IP, inside a Service network',
      [service('shop', (ip) => ({ spec: { externalIPs: [ip] } }))],
      inServiceNetwork,
      ['service-address'],
    ],
    [
      'an own Service, as an external IP, inside a pod network',
      [service('shop', (ip) => ({ spec: { externalIPs: [ip] } }))],
      inPodNetwork,
      ['unclaimed-address'],
    ],
    [
      'an own Service, as an external IP, and of a foreign pod',
      [service('shop', (ip) => ({ spec: { externalIPs: [ip] } })), foreign()],
      inPodNetwork,
      ['foreign-pod'],
    ],
  ];

describe.each(rows)('an address of %s', (_, holders, [ipv4, ipv6], refusedBy) => {
  test.each(ways)('$way', ({ v6, listed, kind, operation }) => {
    const ip = pick(v6, ipv4, ipv6);
    expect(rulesTold({ cluster: holders.map((holder) => holder(ip)), ip: listed(ip), kind, operation })).toEqual(
      refusedBy,
    );
  });
});

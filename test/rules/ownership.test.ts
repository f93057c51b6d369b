import { describe, expect, test } from 'vitest';
import {
  apiServer,
  clusterIP,
  deleted,
  foreign,
  type Holder,
  ingress,
  inPodNetwork,
  inServiceNetwork,
  node,
  outside,
  own,
  ownSecond,
  second,
  service,
} from '../support/holders.ts';
import { rulesTold, spellings } from '../support/ownership.ts';

// The tables of who may list whose address: each row in both kinds, as IPv4, IPv6 and IPv4 inside IPv6, created and updated.

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

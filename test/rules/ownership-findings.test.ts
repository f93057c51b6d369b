import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { formatAddress } from '../../src/endpoints/network.ts';
import type { Kind } from '../../src/endpoints/view.ts';
import { review } from '../../src/review/review.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';
import { createClusterStore } from '../../src/state/cluster-store.ts';
import {
  apiServer,
  clusterIP,
  foreign,
  type Holder,
  ingress,
  inPodNetwork,
  inServiceNetwork,
  node,
  outside,
  own,
  pod,
  service,
} from '../support/holders.ts';
import { all, both, metadata, objectOf, policyOf, refusals, told } from '../support/ownership.ts';

// What the four rules take from a policy, and what they tell.

describe('parameters', () => {
  const ip = inPodNetwork[0];
  const trust = (from: string[], to: string[]) => ({ trust: [{ from, to }] });

  test.each([
    ['by names', trust(['shop'], ['bank']), []],
    ['by patterns', trust(['*'], ['knative-*', 'ban*']), []],
    ['one way', trust(['bank'], ['shop']), ['foreign-pod', 'service-address']],
    ['of others', trust(['shopping'], ['bank']), ['foreign-pod', 'service-address']],
    ['to others', trust(['shop'], ['banks']), ['foreign-pod', 'service-address']],
    [
      'entry by entry',
      {
        trust: [
          { from: ['shop'], to: ['x'] },
          { from: ['y'], to: ['bank'] },
        ],
      },
      ['foreign-pod', 'service-address'],
    ],
  ])('trust %s', (_, trusting, refusedBy) => {
    const on = { 'foreign-pod': trusting, 'service-address': trusting };
    const cluster = [
      foreign()(ip),
      { ...foreign()(ip), metadata: { namespace: 'bank', name: 'q' } },
      service('bank', ingress)(ip),
    ];
    expect(refusals(cluster, ip, { on })).toEqual(both(...refusedBy));
  });

  test('trust of one namespace does not extend to a third that has the address, too', () => {
    const on = { 'foreign-pod': trust(['shop'], ['bank']) };
    expect(refusals([foreign()(ip), pod('third')(ip)], ip, { on })).toEqual(both('foreign-pod'));
  });

  test('trust opens no cluster IP', () => {
    const on = { 'service-address': trust(['*'], ['*']) };
    expect(refusals([service('bank', clusterIP)(ip)], ip, { on })).toEqual(both('service-address'));
  });

  test('externalIPs of other namespaces count where the policy says so', () => {
    const on = { 'service-address': { externalIPs: true } };
    const claimed = (namespace: string) => service(namespace, (ip) => ({ spec: { externalIPs: [ip] } }))(outside[0]);
    expect(refusals([claimed('bank')], outside[0], { on })).toEqual(both('service-address'));
    expect(refusals([claimed('shop')], outside[0], { on })).toEqual(both());
    expect(
      refusals([claimed('bank')], outside[0], {
        on: { 'service-address': { externalIPs: true, ...trust(['shop'], ['bank']) } },
      }),
    ).toEqual(both());
  });

  test('without presets what the cluster names does not count', () => {
    const cluster = [
      { kind: 'Node', metadata: { name: 'n' }, spec: { podCIDR: '10.244.0.0/16' } },
      { kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.244.0.0/16'] } },
    ];
    expect(refusals(cluster, ip, { on: { 'unclaimed-address': {}, 'service-address': {} } })).toEqual(
      both('unclaimed-address', 'service-address'),
    );
    expect(
      refusals(cluster, ip, { on: { 'unclaimed-address': { presets: [] }, 'service-address': { presets: [] } } }),
    ).toEqual(both());
  });

  test.each<[string, string[], number | null, Kind, boolean]>([
    ['every', [], 80, 'Endpoints', true],
    ['the kubelet’s', ['TCP/10250'], 10250, 'Endpoints', true],
    ['another than the kubelet’s', ['TCP/10250'], 80, 'Endpoints', false],
    ['one of a range', ['TCP/30000-32767'], 31000, 'EndpointSlice', true],
    ['one of another protocol', ['UDP/80'], 80, 'EndpointSlice', false],
    ['one that is null', ['TCP/10250'], null, 'EndpointSlice', true],
    ['0', ['TCP/10250'], 0, 'EndpointSlice', true],
    ['one that is another to some', ['TCP/10250'], 65536 + 10250, 'EndpointSlice', true],
  ])('node-address at the port: %s', (_, ports, port, kind, isRefused) => {
    const asked = { on: { 'node-address': { ports } }, port, kind };
    expect(refusals([node('InternalIP')(ip)], ip, asked)).toEqual(both(...(isRefused ? ['node-address'] : [])));
  });

  test('node-address without any port: it may be every port', () => {
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ addresses: [{ ip }] }] };
    const policy = policyOf({ 'node-address': { ports: ['TCP/10250'] } });
    const asked = { operation: 'CREATE', namespace: 'shop', requester: { user: '', groups: [] }, object } as const;
    const known = clusterOf([node('InternalIP')(ip)]);
    expect(review(policy, { kind: 'Endpoints', ...asked }, () => known).allowed).toBe(false);
  });
});

test.each<[string, Holder, string, string]>([
  ['foreign-pod', foreign(), inPodNetwork[0], 'is the address of a pod of another namespace'],
  [
    'unclaimed-address',
    foreign({ phase: 'Failed' }),
    inPodNetwork[0],
    'is inside the pod network 10.244.0.0/16, and no pod is known to have it',
  ],
  ['service-address', service('bank', clusterIP), outside[0], 'is the cluster IP of a Service'],
  [
    'service-address',
    service('bank', ingress),
    outside[0],
    'is the load-balancer IP of a Service of another namespace',
  ],
  ['service-address', foreign({ phase: 'Failed' }), inServiceNetwork[0], 'is inside the Service network 10.96.0.0/12'],
  ['node-address', node('InternalIP'), outside[0], 'is the address of a node'],
  ['node-address', apiServer, outside[0], 'is the address of an API server'],
])('%s says what the address is, and names nobody', (rule, holder, ip, said) => {
  expect(told({ cluster: [holder(ip)], ip })).toEqual([`${rule}: "${ip}" ${said}`]);
  expect(told({ cluster: [holder(ip)], ip: `64:ff9b::${ip}` })).toEqual([
    `${rule}: "64:ff9b::${ip}" contains ${ip}, which ${said}`,
  ]);
});

describe('several addresses', () => {
  test('each is told, and what is to be asked for before a refusal is the holder of the address inside', () => {
    const addresses = ['64:ff9b::10.244.3.7', '10.244.3.8', 'fd00:244::307', '10.244.3.9', '203.0.113.5'];
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ notReadyAddresses: addresses.map((ip) => ({ ip })), ports: [{ port: 80 }] }],
    };
    const cluster = clusterOf([
      ...[
        foreign()('10.244.3.7'),
        own()('10.244.3.8'),
        pod('bank', { name: 'six' })('fd00:244::307'),
        node('InternalIP')('203.0.113.5'),
      ],
    ]);
    const asked = {
      kind: 'Endpoints',
      operation: 'CREATE',
      namespace: 'shop',
      requester: { user: '', groups: [] },
      object,
    } as const;
    const { violations, doubts } = review(policyOf(all), asked, () => cluster);
    expect(violations.map(({ rule, finding }) => `${pathText(finding.path)} ${rule.id}`)).toEqual([
      'subsets[0].notReadyAddresses[0].ip foreign-pod',
      'subsets[0].notReadyAddresses[2].ip foreign-pod',
      'subsets[0].notReadyAddresses[3].ip unclaimed-address',
      'subsets[0].notReadyAddresses[4].ip node-address',
    ]);
    expect(doubts?.map((address) => formatAddress(address))).toEqual(['10.244.3.7', 'fd00:244::307', '10.244.3.9']);
  });

  test('names in a slice of names have no holder, addresses in it have', () => {
    const endpoints = [{ addresses: ['db.example.com', '10.244.3.7'] }];
    const object = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      addressType: 'FQDN',
      endpoints,
    };
    const asked = {
      kind: 'EndpointSlice',
      operation: 'CREATE',
      namespace: 'shop',
      requester: { user: '', groups: [] },
      object,
    } as const;
    const { violations } = review(policyOf(all), asked, () => clusterOf([foreign()('10.244.3.7')]));
    expect(violations.map(({ rule, finding }) => `${rule.id} ${pathText(finding.path)}`)).toContain(
      'foreign-pod endpoints[0].addresses[1]',
    );
    expect(violations.filter(({ finding }) => pathText(finding.path) === 'endpoints[0].addresses[0]')).toEqual([]);
  });
});

test('an update that changes nothing stays allowed, whoever has the address by now', () => {
  const object = objectOf('Endpoints', inPodNetwork[0]);
  const asked = {
    kind: 'Endpoints',
    operation: 'UPDATE',
    namespace: 'shop',
    requester: { user: '', groups: [] },
    object,
  } as const;
  const known = clusterOf([foreign()(inPodNetwork[0])]);
  const verdict = review(policyOf(all), { ...asked, previous: structuredClone(object) }, () => known);
  expect(verdict).toMatchObject({ allowed: true, exemption: 'unchanged' });
  expect(review(policyOf(all), asked, () => known).allowed).toBe(false);
});

describe('where the cluster is not known', () => {
  const nothing = createClusterStore().state;
  const asked = (object: object) =>
    ({
      kind: 'Endpoints',
      operation: 'CREATE',
      namespace: 'shop',
      requester: { user: '', groups: [] },
      object,
    }) as const;

  test('each rule says so once, for all addresses, and refuses', () => {
    const { allowed, violations } = review(policyOf(all), asked(objectOf('Endpoints', outside[0])), () => nothing);
    expect(allowed).toBe(false);
    expect(violations.map(({ rule, finding }) => `${rule.id} ${pathText(finding.path)}: ${finding.message}`)).toEqual([
      'foreign-pod subsets: cannot be judged: the pods of the cluster are not known yet',
      'unclaimed-address subsets: cannot be judged: the pods of the cluster are not known yet',
      'service-address subsets: cannot be judged: the Services of the cluster are not known yet',
      'node-address subsets: cannot be judged: the Nodes of the cluster are not known yet',
    ]);
  });

  test('an object without addresses needs no cluster', () => {
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata };
    expect(review(policyOf(all), asked(object), () => nothing)).toEqual({ allowed: true, violations: [] });
  });
});

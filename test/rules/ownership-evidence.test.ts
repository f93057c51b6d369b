import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apiServer,
  clusterIP,
  foreign,
  ingress,
  inPodNetwork,
  kubernetes,
  node,
  outside,
  own,
  pod,
  service,
} from '../support/holders.ts';
import { weird } from '../support/json.ts';
import { both, refusals, rulesTold } from '../support/ownership.ts';

// What counts as somebody's address, and what does not.

describe('what a tenant may write is no evidence of ownership', () => {
  const [mine] = inPodNetwork;
  const claims: readonly [what: string, claim: object][] = [
    [
      'annotations and labels of a pod',
      pod('shop', {
        annotations: { 'k8s.v1.cni.cncf.io/network-status': mine, 'cni.projectcalico.org/podIP': mine },
        labels: { ip: mine },
      })('203.0.113.9'),
    ],
    [
      'a pod whose spec names it',
      {
        ...own()('203.0.113.9'),
        spec: { hostAliases: [{ ip: mine }], dnsConfig: { nameservers: [mine] }, podIP: mine },
      },
    ],
    [
      'a pod that has no status yet',
      { kind: 'Pod', metadata: { namespace: 'shop', name: 'p', annotations: { podIP: mine } } },
    ],
    ['externalIPs', service('shop', () => ({ spec: { externalIPs: [mine] } }))('')],
    [
      'loadBalancerIP',
      service('shop', () => ({ spec: { type: 'LoadBalancer', loadBalancerIP: mine, clusterIP: '10.111.1.1' } }))(''),
    ],
    [
      'loadBalancerSourceRanges and an externalName',
      service('shop', () => ({ spec: { loadBalancerSourceRanges: [`${mine}/32`], externalName: mine } }))(''),
    ],
    [
      'a slice of its own Service',
      { ...apiServer(mine), metadata: { ...kubernetes, labels: { 'kubernetes.io/service-name': 'mine' } } },
    ],
    [
      'a slice of a Service kubernetes elsewhere',
      { ...apiServer(mine), metadata: { ...kubernetes, namespace: 'shop' } },
    ],
  ];

  test.each(claims)('%s: an address of nobody stays nobody’s, one of a foreign pod foreign', (_, claim) => {
    expect(refusals([claim], mine)).toEqual(both('unclaimed-address'));
    expect(refusals([claim, foreign()(mine)], mine)).toEqual(both('foreign-pod'));
  });

  test.each(claims)('%s: an address outside is refused to nobody else', (_, claim) => {
    const claimed = JSON.parse(JSON.stringify(claim).replaceAll(mine, '198.51.100.8'));
    expect(refusals([claimed], '198.51.100.8', { namespace: 'bank' })).toEqual(both());
  });

  test('a pod in its node’s network is not its own for the pod’s namespace', () => {
    const cluster = [node('InternalIP')(mine), own({ hostNetwork: true })(mine)];
    expect(refusals(cluster, mine)).toEqual(both('node-address'));
    expect(refusals([...cluster, foreign()(mine)], mine)).toEqual(both('foreign-pod', 'node-address'));
  });

  test('the object’s namespace counts, and whatever it is called', () => {
    for (const namespace of ['', 'kube-system', 'bank/x', '__proto__'])
      expect(refusals([foreign()(mine)], mine, { namespace })).toEqual(both('foreign-pod'));
    expect(refusals([foreign()(mine)], mine, { namespace: 'bank' })).toEqual(both());
  });
});

describe('what API servers have stored is read as they read it', () => {
  const stored: readonly [what: string, written: string, listed: string][] = [
    ['leading zeros', '010.244.003.007', '10.244.3.7'],
    ['many leading zeros', '00000010.0244.3.7', '10.244.3.7'],
    ['IPv4-mapped', '::ffff:10.244.3.7', '10.244.3.7'],
    ['IPv4-mapped in hex', '::FFFF:af4:307', '10.244.3.7'],
    ['IPv4-mapped with leading zeros', '::ffff:010.244.003.007', '10.244.3.7'],
    ['IPv6 without compression', 'FD00:0244:0:0:0:0:0:0307', 'fd00:244::307'],
    ['IPv6 with a dotted tail', 'fd00:244::0.0.3.7', 'fd00:244::307'],
  ];

  test.each(stored)('%s: %s is %s', (_, written, ip) => {
    expect(rulesTold({ cluster: [foreign()(written)], ip })).toEqual(['foreign-pod']);
    expect(rulesTold({ cluster: [own()(written)], ip })).toEqual([]);
    const others = { 'service-address': {}, 'node-address': {} };
    expect(rulesTold({ cluster: [service('shop', clusterIP)(written)], ip, on: others })).toEqual(['service-address']);
    expect(rulesTold({ cluster: [service('bank', ingress)(written)], ip, on: others })).toEqual(['service-address']);
    expect(rulesTold({ cluster: [node('InternalIP')(written)], ip, on: others })).toEqual(['node-address']);
    expect(rulesTold({ cluster: [apiServer(written)], ip, on: others })).toEqual(['node-address']);
  });

  test.each([
    ['10.244.0.0/16', ['10.244.3.7']],
    ['10.244.3.7/16', ['10.244.255.255']],
    ['010.244.000.000/016', ['10.244.3.7']],
    ['::ffff:10.244.0.0/112', ['10.244.3.7']],
    ['FD00:0244::/48', ['fd00:244::307', 'fd00:244:0:ffff::']],
    ['fd00:244::/48', ['fd00:244::307']],
  ])('the network %s of a Node and of a ServiceCIDR has %j', (text, inside) => {
    const named = { kind: 'Node', metadata: { name: 'n' }, spec: { podCIDR: text, podCIDRs: [text] } };
    const cidr = { kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: [text] } };
    for (const ip of [...inside, outside[0]]) {
      const by = (rule: string) => (ip === outside[0] ? [] : [rule]);
      expect(rulesTold({ cluster: [named], ip, on: { 'unclaimed-address': {} } })).toEqual(by('unclaimed-address'));
      expect(rulesTold({ cluster: [cidr], ip, on: { 'service-address': {} } })).toEqual(by('service-address'));
    }
  });

  test.each(['podCIDR', 'podCIDRs'])('the networks of the pods are those of %s, of both families', (field) => {
    const cidrs = ['10.244.0.0/16', 'fd00:244::/48'];
    const of = (text: string, i: number) => ({
      ...{ kind: 'Node', metadata: { name: `n${i}` } },
      spec: { [field]: field === 'podCIDR' ? text : [text] },
    });
    for (const ip of inPodNetwork)
      expect(rulesTold({ cluster: cidrs.map(of), ip, on: { 'unclaimed-address': {} } })).toEqual(['unclaimed-address']);
  });

  test.each([
    ['only podIP', { podIP: inPodNetwork[0] }],
    ['only podIPs', { podIPs: [{ ip: inPodNetwork[0] }] }],
    ['another podIP than podIPs', { podIP: '203.0.113.1', podIPs: [{ ip: inPodNetwork[0] }] }],
    ['podIPs other than podIP', { podIP: inPodNetwork[0], podIPs: [{ ip: '203.0.113.1' }] }],
    [
      'podIPs with garbage before it',
      { podIP: 'x', podIPs: [null, 7, {}, { ip: '' }, { ip: [] }, { ip: inPodNetwork[0] }] },
    ],
    ['podIPs that are none', { podIP: inPodNetwork[0], podIPs: 'fd00::1' }],
    ['no phase', { phase: null, podIP: inPodNetwork[0] }],
    ['a phase in other letters', { phase: 'failed', podIP: inPodNetwork[0] }],
  ])('a foreign pod with %s has its address', (_, status) => {
    const one = { kind: 'Pod', metadata: { namespace: 'bank', name: 'p' }, status };
    expect(refusals([one], inPodNetwork[0])).toEqual(both('foreign-pod'));
  });

  test.each([
    ['headless', { clusterIP: 'None', clusterIPs: ['None'] }],
    ['of type ExternalName', { type: 'ExternalName', clusterIP: '', externalName: outside[0] }],
    ['whose load balancer has a name alone', { type: 'LoadBalancer', clusterIP: '10.111.1.1' }],
  ])('a Service that is %s refuses nothing else', (_, spec) => {
    const one = service('bank', () => ({ spec, status: { loadBalancer: { ingress: [{ hostname: outside[0] }] } } }))(
      '',
    );
    expect(refusals([one], outside[0])).toEqual(both());
  });
});

describe('whatever the cluster holds', () => {
  const optional = { requiredKeys: [] };
  const ips = fc.constantFrom(
    '10.244.3.7',
    '10.96.7.7',
    '203.0.113.5',
    'fd00:244::307',
    '::ffff:10.1.1.1',
    '010.1.1.1',
    '',
    'None',
  );
  const thing = fc.oneof(
    weird,
    ips,
    fc.array(
      fc.oneof(weird, ips, fc.record({ ip: fc.oneof(weird, ips), address: ips, addresses: fc.array(ips) }, optional)),
    ),
  );
  const optionalRecord = (names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, thing])), optional);
  const anyObject = fc.record(
    {
      kind: fc.constantFrom('Pod', 'Service', 'Node', 'ServiceCIDR', 'EndpointSlice'),
      metadata: fc.oneof(
        weird,
        fc.record(
          {
            namespace: fc.oneof(weird, fc.constantFrom('shop', 'bank', '__proto__')),
            name: fc.oneof(weird, fc.constantFrom('a', 'b')),
            labels: weird,
          },
          optional,
        ),
      ),
      spec: fc.oneof(
        weird,
        optionalRecord(['podCIDR', 'podCIDRs', 'clusterIP', 'clusterIPs', 'externalIPs', 'cidrs', 'hostNetwork']),
      ),
      status: fc.oneof(weird, optionalRecord(['phase', 'podIP', 'podIPs', 'addresses', 'loadBalancer'])),
      endpoints: thing,
    },
    { requiredKeys: ['kind'] },
  );

  test('it is read without failing, and opens nothing that is refused without it', () =>
    fc.assert(
      fc.property(
        fc.array(anyObject, { maxLength: 5 }),
        fc.constantFrom(...inPodNetwork, ...outside),
        (objects, ip) => {
          const known = [pod('zoo', { name: 'known' })(ip)];
          expect(rulesTold({ cluster: [...known, ...objects], ip })).toContain('foreign-pod');
        },
      ),
      { numRuns: 1000 },
    ));
});

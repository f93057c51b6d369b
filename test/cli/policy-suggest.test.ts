import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { audit } from '../../src/cli/audit.ts';
import { type PolicySuggestOptions, suggestPolicy } from '../../src/cli/policy-suggest.ts';
import { parsePolicy } from '../../src/policy/policy.ts';
import {
  endpoints,
  livePod,
  node,
  paths,
  type StandIn,
  service,
  serviceCidr,
  slice,
  startCluster,
} from '../support/cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-suggest-'));
afterAll(() => rmSync(folder, { recursive: true }));

let cluster: StandIn;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

async function run(options: Partial<PolicySuggestOptions> = {}) {
  const seen = { out: '', err: '' };
  const io = {
    out: (text: string) => (seen.out += text),
    err: (text: string) => (seen.err += text),
    input: async () => '',
  };
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.kubeconfig());
  const code = await suggestPolicy({ kubeconfig, profile: 'ownership', timeout: 2000, ...options }, '1.2.3', io);
  expect(code).toBe(0);
  const source = parse(seen.out);
  expect(parsePolicy(source).findings).toBeUndefined();
  for (const line of seen.out.split('\n')) if (!/\S{80}/.test(line)) expect(line.length).toBeLessThanOrEqual(100);
  return { ...seen, rules: source.rules };
}

/** The parameters that depend on the cluster, in profile ownership. */
async function networks() {
  const { rules } = await run();
  return {
    pods: rules['unclaimed-address'].networks,
    preset: rules['unclaimed-address'].presets,
    services: rules['service-address'].networks,
  };
}

const parity = async () => (await run({ profile: 'parity' })).rules['forbidden-network'].networks;

const put = (path: keyof typeof paths, ...items: object[]) =>
  cluster.lists.get(paths[path])?.push(...(items as never[]));

const configMap = (name: string, data: Record<string, string>, namespace = 'kube-system') =>
  cluster.objects.set(`/api/v1/namespaces/${namespace}/configmaps/${name}`, { metadata: { namespace, name }, data });

const custom = (path: string, ...specs: object[]) =>
  cluster.lists.set(
    path,
    specs.map((spec, i) => ({ metadata: { name: `one-${i}` }, spec })),
  );

const withFlags = (name: string, ...command: string[]) => ({
  ...livePod('kube-system', name, '192.0.2.10', { hostNetwork: true }),
  spec: { hostNetwork: true, containers: [{ name: name.replace(/-cp$/, ''), command }] },
});

const forbidden = { status: 403, body: { kind: 'Status', message: 'no' } };

function fillKubeadm(): void {
  put('nodes', node('cp', '192.0.2.10', ['10.244.0.0/24']), node('worker', '192.0.2.11', ['10.244.1.0/24']));
  put('pods', livePod('shop', 'web', '10.244.1.5'), livePod('bank', 'db', '10.244.0.9'));
  put('pods', livePod('kube-system', 'proxy', '192.0.2.11', { hostNetwork: true }));
  put('services', service('default', 'kubernetes', undefined, { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'] }));
  put('serviceCidrs', serviceCidr('kubernetes', '10.96.0.0/12'));
  put('slices', slice('default', 'kubernetes', 'kubernetes', '192.0.2.10'));
  configMap('kubeadm-config', {
    ClusterConfiguration: 'networking:\n  podSubnet: 10.244.0.0/16\n  serviceSubnet: 10.96.0.0/12\n',
  });
  configMap('kube-proxy', { 'config.conf': 'clusterCIDR: 10.244.0.0/16\n' });
}

describe('a cluster of kubeadm', () => {
  test('has its networks in its ConfigMaps', async () => {
    fillKubeadm();
    expect(await networks()).toEqual({ pods: ['10.244.0.0/16'], preset: ['node-pod-cidrs'], services: [] });
    const { out, err } = await run();
    expect(err).toBe('');
    expect(out).toContain('podSubnet in ConfigMap kube-system/kubeadm-config; clusterCIDR in ConfigMap');
    expect(out).toContain('has 2 of 2 addresses of pods');
    expect(out).toContain('# The Nodes have spec.podCIDRs, in which 2 of 2 addresses of pods are.');
    expect(out).toContain('# Of the cluster: 10.96.0.0/12 (ServiceCIDR kubernetes).');
    expect(out).toContain('# Addresses of Nodes and API servers today: 192.0.2.10, 192.0.2.11.');
  });

  test('denies by the four rules, and forbids no network of pods', async () => {
    fillKubeadm();
    const { rules } = await run();
    for (const id of ['foreign-pod', 'unclaimed-address', 'service-address', 'node-address'])
      expect(rules[id].enforcement).toBe('deny');
    expect(rules['forbidden-network']).toEqual({ networks: [], presets: ['cloud-metadata'] });
  });

  test('in profile parity: all of them are forbidden, nodes one by one', async () => {
    fillKubeadm();
    const { rules, out } = await run({ profile: 'parity' });
    expect(Object.keys(rules)).toEqual(['forbidden-network']);
    expect(rules['forbidden-network']).toEqual({
      enforcement: 'deny',
      networks: ['10.244.0.0/16', '10.96.0.0/12', '192.0.2.10/32', '192.0.2.11/32'],
      presets: ['cloud-metadata'],
    });
    expect(out).toContain('# Profile parity: ');
  });

  test.each(['ownership', 'parity'] as const)(
    'in profile %s: docs/networks.md shows what is printed',
    async (profile) => {
      fillKubeadm();
      const { out } = await run({ profile });
      const rules = out.slice(out.indexOf('rules:'), out.indexOf('\n\n#'));
      expect(readFileSync('docs/networks.md', 'utf8')).toContain(`\n${rules}\n`);
    },
  );

  test('is in order by what is suggested, and only what aims at others is not', async () => {
    fillKubeadm();
    put('services', service('shop', 'web', { app: 'web' }), service('kube-system', 'proxy', { app: 'proxy' }));
    put('endpoints', endpoints('default', 'kubernetes', '192.0.2.10'), endpoints('shop', 'web', '10.244.1.5'));
    put('endpoints', endpoints('kube-system', 'proxy', '192.0.2.11'), endpoints('shop', 'external', '203.0.113.7'));
    const policy = join(folder, 'suggested.yaml');
    const judged = async () => {
      writeFileSync(policy, (await run()).out);
      const seen: string[] = [];
      const io = { out: (text: string) => seen.push(text), err: () => {}, input: async () => '' };
      const kubeconfig = join(folder, 'kubeconfig');
      const code = await audit({ kubeconfig, policy, output: 'json', timeout: 2000 }, '1.2.3', io);
      const { violations } = JSON.parse(seen.join(''));
      return { code, rules: violations.map(({ name, rule }: Record<string, string>) => `${name} ${rule}`) };
    };
    expect(await judged()).toEqual({ code: 0, rules: [] });
    put('endpoints', endpoints('shop', 'bad', '10.244.0.9', '10.244.7.7', '10.96.0.1', '192.0.2.11'));
    const rules = ['foreign-pod', 'unclaimed-address', 'service-address', 'node-address'];
    expect(await judged()).toEqual({ code: 1, rules: rules.map((rule) => `bad ${rule}`) });
  });

  test('whose plugin ignores what the controller assigns: networks without pods are left out', async () => {
    put('nodes', node('cp', '192.0.2.10', ['10.244.0.0/24']));
    put('pods', livePod('shop', 'web', '10.0.1.5'));
    put('pods', withFlags('kube-controller-manager-cp', 'kube-controller-manager', '--cluster-cidr=10.244.0.0/16'));
    expect(await networks()).toEqual({ pods: ['10.0.0.0/16'], preset: [], services: [] });
    const { out } = await run();
    expect(out).toMatch(/# Left out: 10\.244\.0\.0\/16 .*none of 1\s+(?:# )?addresses of pods is in it/s);
    expect(out).toContain('inferred: has 1 of 1 addresses of pods, and nothing that was read names it');
  });
});

describe('where networks are named', () => {
  test.each<[string, () => void]>([
    [
      'flags of the controller manager',
      () => put('pods', withFlags('kube-controller-manager-cp', 'x', '--cluster-cidr=10.50.0.0/16')),
    ],
    [
      'flags in a shell, as on GKE',
      () => put('pods', withFlags('kube-proxy', '/bin/sh', '-c', 'exec kube-proxy --cluster-cidr=10.50.0.0/16 2>&1')),
    ],
    [
      'the annotation of k3s',
      () =>
        put('nodes', {
          ...node('k3s', '192.0.2.12'),
          metadata: { name: 'k3s', annotations: { 'k3s.io/node-args': '["server","--cluster-cidr","10.50.0.0/16"]' } },
        }),
    ],
    ['flannel', () => configMap('kube-flannel-cfg', { 'net-conf.json': '{"Network":"10.50.0.0/16"}' }, 'kube-flannel')],
    ['Cilium', () => configMap('cilium-config', { ipam: 'cluster-pool', 'cluster-pool-ipv4-cidr': '10.50.0.0/16' })],
    [
      'Calico',
      () =>
        custom(
          '/apis/crd.projectcalico.org/v1/ippools',
          { cidr: '10.50.0.0/16' },
          { cidr: '10.9.0.0/16', disabled: true },
        ),
    ],
    [
      'CiliumPodIPPools',
      () => custom('/apis/cilium.io/v2alpha1/ciliumpodippools', { ipv4: { cidrs: ['10.50.0.0/16'] } }),
    ],
    ['CiliumNodes', () => custom('/apis/cilium.io/v2/ciliumnodes', { ipam: { podCIDRs: ['10.50.3.0/24'] } })],
    [
      'OpenShift',
      () =>
        cluster.objects.set('/apis/config.openshift.io/v1/networks/cluster', {
          status: { clusterNetwork: [{ cidr: '10.50.0.0/16' }], serviceNetwork: ['172.30.0.0/16'] },
        }),
    ],
  ])('%s', async (_, name) => {
    put('nodes', node('worker', '192.0.2.11'));
    put('pods', livePod('shop', 'web', '10.50.1.5'));
    name();
    const { out } = await run();
    expect((await networks()).pods).toEqual(['10.50.0.0/16']);
    expect(out).not.toContain('inferred');
  });

  test('Services: flags of API servers, also without ServiceCIDRs', async () => {
    put('nodes', node('cp', '192.0.2.10'));
    put(
      'pods',
      withFlags('kube-apiserver-cp', 'kube-apiserver', '--service-cluster-ip-range=10.96.0.0/16,fd00:96::/112'),
    );
    cluster.lists.delete(paths.serviceCidrs);
    expect((await networks()).services).toEqual(['10.96.0.0/16', 'fd00:96::/112']);
  });

  test('Services: inferred from their addresses, unless these are public', async () => {
    put('nodes', node('cp', '192.0.2.10'));
    put(
      'services',
      service('a', 'a', undefined, { clusterIP: '10.96.0.1' }),
      service('a', 'b', undefined, { clusterIP: '34.118.224.1' }),
    );
    expect((await networks()).services).toEqual(['10.96.0.0/16']);
    expect((await run()).out).toMatch(/# Left out: 34\.118\.0\.0\/16 .*it is\s+(?:# )?not private/s);
  });

  test('not in what a tenant may write', async () => {
    put('nodes', node('worker', '192.0.2.11'));
    const { metadata, ...pod } = withFlags('kube-controller-manager-cp', 'x', '--cluster-cidr=10.50.0.0/16');
    put('pods', { metadata: { ...metadata, namespace: 'shop' }, ...pod });
    put('slices', slice('shop', 'liar', 'kubernetes', '10.66.0.1'));
    const { out } = await run();
    expect(out).not.toMatch(/10\.50\.|10\.66\./);
  });
});

describe('where pods share the subnets of other machines', () => {
  function fillAws(): void {
    put('nodes', node('a', '10.0.1.10'), node('b', '10.0.2.10'));
    put('pods', livePod('shop', 'web', '10.0.1.77'), livePod('shop', 'api', '10.0.2.78'));
    put('services', service('default', 'kubernetes', undefined, { clusterIP: '172.20.0.1' }));
    put('serviceCidrs', serviceCidr('kubernetes', '172.20.0.0/16'));
  }

  test('no network of pods is listed, and it says why', async () => {
    fillAws();
    expect(await networks()).toEqual({ pods: [], preset: [], services: [] });
    const { out } = await run();
    expect(out).toContain('# No network is known to hold pods alone: addresses that nobody has are let through.');
    expect(out).toMatch(
      /# Left out: 10\.0\.0\.0\/16 .*a Node or an API server has an\s+(?:# )?address in it \(10\.0\./s,
    );
    expect(await parity()).toEqual(['172.20.0.0/16', '10.0.1.10/32', '10.0.2.10/32']);
  });

  test('also where pods have subnets of their own, of the AWS VPC CNI or Cilium', async () => {
    put('nodes', node('a', '10.0.1.10'));
    put('pods', livePod('shop', 'web', '100.64.1.77'));
    configMap('cilium-config', { ipam: 'eni' });
    expect((await networks()).pods).toEqual([]);
    expect((await run()).out).toContain('Cilium with ipam: eni gives pods');
    cluster.objects.clear();
    expect((await networks()).pods).toEqual(['100.64.0.0/16']);
    const agent = livePod('kube-system', 'aws-node-x', '10.0.1.10', { hostNetwork: true });
    put('pods', { ...agent, metadata: { ...agent.metadata, labels: { 'k8s-app': 'aws-node' } } });
    expect((await networks()).pods).toEqual([]);
    expect((await run()).out).toContain('the AWS VPC CNI gives pods');
  });

  test('a network that is named, but holds Nodes', async () => {
    put('nodes', node('a', '10.0.1.10', ['10.0.0.0/16']));
    put('pods', livePod('shop', 'web', '10.0.1.77'));
    configMap('kubeadm-config', { ClusterConfiguration: 'networking: { podSubnet: 0.0.0.0/0 }' });
    expect(await networks()).toEqual({ pods: [], preset: [], services: [] });
  });
});

test('Cilium with pools of its own, and Nodes without podCIDRs', async () => {
  put('nodes', node('a', '192.0.2.10'), node('b', '192.0.2.11'));
  put('pods', livePod('shop', 'web', '10.0.0.77'), livePod('shop', 'api', '10.0.1.78'));
  configMap('cilium-config', { ipam: 'cluster-pool', 'cluster-pool-ipv4-cidr': '10.0.0.0/8' });
  custom(
    '/apis/cilium.io/v2/ciliumnodes',
    { ipam: { podCIDRs: ['10.0.0.0/24'] } },
    { ipam: { podCIDRs: ['10.0.1.0/24'] } },
  );
  expect(await networks()).toEqual({ pods: ['10.0.0.0/8'], preset: [], services: [] });
  expect((await run()).out).toContain('# No Node has spec.podCIDRs: the network plugin does without.');
});

test('a pool so large that Nodes lie in it: what is used of it', async () => {
  put('nodes', node('a', '10.200.0.10'));
  put('pods', livePod('shop', 'web', '10.0.0.77'), livePod('shop', 'api', '10.1.1.78'));
  configMap('cilium-config', { ipam: 'cluster-pool', 'cluster-pool-ipv4-cidr': '10.0.0.0/8' });
  custom('/apis/cilium.io/v2/ciliumnodes', { ipam: { podCIDRs: ['10.0.0.0/24'] } });
  expect((await networks()).pods).toEqual(['10.0.0.0/16', '10.1.0.0/16']);
  expect((await run()).out).toMatch(
    /# Left out: 10\.0\.0\.0\/8 \(cluster-pool in ConfigMap kube-system\/cilium-config/,
  );
});

test('dual stack: both families', async () => {
  put('nodes', node('a', '192.0.2.10', ['10.244.0.0/24', 'fd00:244::/64']));
  put('pods', livePod('shop', 'web', '10.244.0.5', { others: ['fd00:244::5'] }));
  put(
    'services',
    service('default', 'kubernetes', undefined, { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00:96::1'] }),
  );
  configMap('kubeadm-config', {
    ClusterConfiguration:
      'networking: { podSubnet: "10.244.0.0/16,fd00:244::/56", serviceSubnet: "10.96.0.0/16,fd00:96::/112" }',
  });
  expect(await networks()).toEqual({
    pods: ['10.244.0.0/16', 'fd00:244::/56'],
    preset: ['node-pod-cidrs'],
    services: ['10.96.0.0/16', 'fd00:96::/112'],
  });
});

test('IPv6 only: what is inferred is a /64', async () => {
  put('nodes', node('a', '2001:db8:1::10'));
  put('pods', livePod('shop', 'web', 'fd00:244:0:1::5'), livePod('shop', 'api', 'fd00:244:0:7::5'));
  put('services', service('default', 'kubernetes', undefined, { clusterIP: 'fd00:96::1' }));
  expect(await networks()).toEqual({
    pods: ['fd00:244:0:1::/64', 'fd00:244:0:7::/64'],
    preset: [],
    services: ['fd00:96::/64'],
  });
  expect(await parity()).toContain('2001:db8:1::10/128');
});

test('parity covers the networks of Nodes’ pods, since there is no preset for it', async () => {
  put('nodes', node('a', '192.0.2.10', ['10.244.0.0/24']), node('b', '192.0.2.11', ['10.245.1.0/24']));
  put('pods', livePod('shop', 'web', '10.244.0.5'));
  expect(await parity()).toEqual(['10.244.0.0/15', '192.0.2.10/32', '192.0.2.11/32']);
});

test('parity names no more Nodes one by one than a person reads', async () => {
  put('nodes', ...Array.from({ length: 65 }, (_, i) => node(`n-${i}`, `192.0.2.${i + 1}`)));
  expect(await parity()).toEqual([]);
  const { out } = await run({ profile: 'parity' });
  expect(out).toContain('# Not listed: 65 addresses of Nodes and API servers, which lie in 192.0.0.0/16.');
});

test('parity has the networks of Nodes’ pods themselves, where Nodes are near', async () => {
  put('nodes', node('a', '10.128.0.2', ['10.128.64.0/24']), node('b', '10.128.0.3', ['10.128.65.0/24']));
  put('pods', livePod('shop', 'web', '10.128.64.5'));
  expect(await parity()).toEqual(['10.128.64.0/24', '10.128.65.0/24', '10.128.0.2/32', '10.128.0.3/32']);
});

test('an empty cluster: a policy all the same', async () => {
  expect(await networks()).toEqual({ pods: [], preset: ['node-pod-cidrs'], services: [] });
  expect(await parity()).toEqual([]);
  const { out, err } = await run();
  expect(err).toBe('');
  expect(out).toContain('# No Node was seen.');
});

describe('what cannot be known is said', () => {
  test('load balancers with a name alone, externalIPs, secondary networks, Knative', async () => {
    fillKubeadm();
    put('services', {
      ...service('shop', 'lb', {}, { externalIPs: ['203.0.113.9'] }),
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }] } },
    });
    put('pods', livePod('knative-serving', 'activator', '10.244.0.33'));
    const { out } = await run();
    expect(out).toContain('a name and no address, which is then not known: 1.');
    expect(out).toContain('where service-address has externalIPs: true: 1.');
    expect(out).toContain('# trust: [{ from: ["*"], to: [knative-serving] }]');
    expect(out).toContain('(Multus)');
  });

  test.each<[string, string, RegExp]>([
    ['pods', paths.pods, /^could not read pods in all namespaces: the API server answered 403: no$/m],
    ['nodes', paths.nodes, /^could not read nodes: .*403/m],
    [
      'a ConfigMap',
      '/api/v1/namespaces/kube-system/configmaps/kubeadm-config',
      /^could not read ConfigMap kube-system\/kubeadm-config: .*403/m,
    ],
    ['pools', '/apis/crd.projectcalico.org/v1/ippools', /^could not read ippools: .*403/m],
  ])('what could not be read: %s', async (_, path, line) => {
    fillKubeadm();
    cluster.interfere = (asked) => (asked === path || asked === paths.namespaces ? forbidden : undefined);
    const { out, err } = await run();
    expect(err).toMatch(line);
    expect(out).toContain('# Could not be read: ');
  });

  test('garbage instead of an object', async () => {
    cluster.interfere = (path) => (path.endsWith('/kube-proxy') ? { status: 200, text: '<html>' } : undefined);
    expect((await run()).err).toMatch(/^could not read ConfigMap kube-system\/kube-proxy: .* no object$/m);
  });

  test('everything', async () => {
    cluster.interfere = (path) => (path === '/version' ? undefined : forbidden);
    expect(await networks()).toEqual({ pods: [], preset: ['node-pod-cidrs'], services: [] });
  });

  test('without Nodes nothing is inferred', async () => {
    put('pods', livePod('shop', 'web', '10.0.1.77'));
    cluster.interfere = (path) => (path === paths.nodes ? forbidden : undefined);
    expect((await networks()).pods).toEqual([]);
    expect((await run()).out).toMatch(/# Left out: 10\.0\.0\.0\/16 .*no Node was seen/s);
  });

  test('what is not served is not asked for, where the API server says so', async () => {
    cluster.objects.set('/apis', { groups: [{ name: 'cilium.io' }] });
    cluster.interfere = (path) => (path.includes('calico') || path.includes('openshift') ? forbidden : undefined);
    expect((await run()).err).toBe('');
    expect(cluster.requests.some((request) => request.includes('/apis/cilium.io/v2/ciliumnodes'))).toBe(true);
  });
});

test('hostile objects end in a policy, and in no line of their own', async () => {
  const evil = 'x\nrules: {}\u2028#: \u001b[31m';
  put('nodes', null as never, node(evil, evil, [evil, '10.244.0.0/24']), {
    metadata: { name: 'n', annotations: { 'k3s.io/node-args': '{' } },
  });
  put('pods', {
    metadata: { namespace: 'kube-system', name: evil },
    spec: { containers: [null, { name: evil, command: ['--cluster-cidr', '10.9.0.0/16', '--cluster-cidr'] }] },
  });
  put('serviceCidrs', serviceCidr(evil, '10.96.0.0/12', evil));
  configMap('kubeadm-config', { ClusterConfiguration: 'a: *b' });
  configMap('kube-proxy', { 'config.conf': 'clusterCIDR: [1]' });
  custom('/apis/crd.projectcalico.org/v1/ippools', { cidr: 7 });
  const { out, rules } = await run();
  expect(rules['unclaimed-address'].networks).toEqual(['10.9.0.0/16']);
  expect(out).toContain('x\\u000arules');
});

test('more networks in one field than a call takes arguments', async () => {
  put('nodes', node('a', '192.0.2.10'));
  const many = Array.from({ length: 200_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`).join();
  configMap('kubeadm-config', {
    ClusterConfiguration: `networking: { podSubnet: "${many}", serviceSubnet: "${many}" }`,
  });
  const { out } = await run();
  expect(out).toContain('# Not listed: 200000 networks, which is too many to list.');
});

test('pods in more networks than anybody would read', async () => {
  put('nodes', node('a', '2001:db8:1::10'));
  put(
    'pods',
    ...Array.from({ length: 300 }, (_, i) => livePod('shop', `p-${i}`, `fd00:0:0:${(2 * i).toString(16)}::1`)),
  );
  const { out, rules } = await run();
  expect(rules['unclaimed-address'].networks).toEqual([]);
  expect(out).toContain('# Not listed: 300 networks, which is too many to list.');
});

test('only GET is sent', async () => {
  fillKubeadm();
  await run();
  expect(cluster.requests.length).toBeGreaterThan(9);
  expect(cluster.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
});

test('a cluster that cannot be asked', async () => {
  cluster.interfere = () => ({ status: 401, body: {} });
  await expect(run()).rejects.toThrow(/does not accept these credentials/);
});

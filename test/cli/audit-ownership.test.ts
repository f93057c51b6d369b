import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditOptions, audit } from '../../src/cli/audit.ts';
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

// Whose addresses are listed: the rules that have to know the cluster, of what exists in it.

const folder = mkdtempSync(join(tmpdir(), 'audit-ownership-'));
afterAll(() => rmSync(folder, { recursive: true }));

let cluster: StandIn;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const all = `
  foreign-pod: { enforcement: deny, trust: [{ from: [shop], to: [knative-serving] }] }
  unclaimed-address: { enforcement: deny, networks: [10.244.0.0/16] }
  service-address: { enforcement: deny }
  node-address: { enforcement: deny }
`;

async function run(options: Partial<AuditOptions> = {}, rules = all) {
  const seen = { out: '', err: '' };
  const io = {
    out: (text: string) => (seen.out += text),
    err: (text: string) => (seen.err += text),
    input: async () => '',
  };
  const files = { kubeconfig: join(folder, 'kubeconfig'), policy: join(folder, 'policy.yaml') };
  writeFileSync(files.kubeconfig, cluster.kubeconfig());
  writeFileSync(files.policy, `apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\nrules:${rules}`);
  const code = await audit({ ...files, output: 'json', timeout: 2000, ...options }, '1.2.3', io);
  return { ...seen, code };
}

/** `name rule` of each violation, and how many places it has. */
async function found(options: Partial<AuditOptions> = {}, rules = all) {
  const { violations } = JSON.parse((await run(options, rules)).out);
  return violations.map((one: Record<string, unknown>) => `${one.name} ${one.rule} ${one.count}`);
}

const put = (path: keyof typeof paths, ...items: object[]) =>
  cluster.lists.get(paths[path])?.push(...(items as never[]));

const forbidden = { status: 403, body: { kind: 'Status', message: 'no' } };

/** One of everything that has an address. */
function fill(): void {
  put('pods', livePod('bank', 'db-0', '10.244.2.9', { others: ['fd00:244::9'] }), livePod('shop', 'web', '10.244.1.1'));
  put('pods', livePod('knative-serving', 'activator', '10.244.3.3'));
  put('pods', livePod('bank', 'done', '10.244.2.10', { phase: 'Succeeded' }));
  put('pods', livePod('shop', 'agent', '192.0.2.11', { hostNetwork: true }));
  put('services', service('kube-system', 'kube-dns', { app: 'dns' }, { clusterIP: '10.96.0.10' }));
  put('nodes', node('worker-1', '192.0.2.11', ['10.245.0.0/24']));
  put('serviceCidrs', serviceCidr('kubernetes', '10.96.0.0/16'));
  put('slices', slice('default', 'kubernetes', 'kubernetes', '192.0.2.10'));
  put('endpoints', endpoints('default', 'kubernetes', '192.0.2.10'));
}

describe('an address of', () => {
  test.each<[string, string[], string[]]>([
    ['a pod of another namespace', ['10.244.2.9'], ['e foreign-pod 1']],
    ['its second address', ['fd00:244::9'], ['e foreign-pod 1']],
    ['it, inside an IPv6 address', ['64:ff9b::af4:209'], ['e foreign-pod 1']],
    ['a pod of a namespace that is trusted', ['10.244.3.3'], []],
    ['an own pod', ['10.244.1.1'], []],
    ['a pod that has ended', ['10.244.2.10'], ['e unclaimed-address 1']],
    ['nobody, inside the pod network', ['10.244.9.9'], ['e unclaimed-address 1']],
    ['nobody, inside the network of a Node’s pods', ['10.245.0.9'], ['e unclaimed-address 1']],
    ['nobody, outside', ['203.0.113.7'], []],
    ['a Service', ['10.96.0.10'], ['e service-address 1']],
    ['nobody, inside the Service network', ['10.96.7.7'], ['e service-address 1']],
    ['a node', ['192.0.2.11'], ['e node-address 1']],
    ['an API server that is no node', ['192.0.2.10'], ['e node-address 1']],
    [
      'each of these',
      ['10.244.2.9', '10.244.9.9', '10.244.9.8', '10.96.0.10'],
      ['e foreign-pod 1', 'e unclaimed-address 2', 'e service-address 1'],
    ],
  ])('%s', async (_, addresses, expected) => {
    fill();
    put('endpoints', endpoints('shop', 'e', ...addresses));
    expect(await found()).toEqual(expected);
    expect((await run()).code).toBe(expected.length > 0 ? 1 : 0);
  });

  test('own and foreign pods at once is foreign', async () => {
    fill();
    put('pods', livePod('shop', 'claims', '10.244.2.9'));
    put('endpoints', endpoints('shop', 'e', '10.244.2.9'));
    expect(await found()).toEqual(['e foreign-pod 1']);
  });

  test('what other slices list is nobody’s', async () => {
    put('slices', slice('shop', 'liar', 'kubernetes', '203.0.113.9'), slice('default', 'web', 'web', '203.0.113.9'));
    put('endpoints', endpoints('shop', 'e', '203.0.113.9'));
    expect(await found()).toEqual([]);
  });
});

describe('what the cluster itself explains', () => {
  test('the API servers’ own object, where Endpoints and slice agree', async () => {
    fill();
    expect(await found()).toEqual([]);
    put('endpoints', endpoints('shop', 'copy', '192.0.2.10'));
    expect(await found()).toEqual(['copy node-address 1']);
  });

  test('pods in their node’s network that a Service selects, not those that somebody lists by hand', async () => {
    fill();
    put('services', service('shop', 'agent', { app: 'agent' }), service('shop', 'by-hand'));
    put('endpoints', endpoints('shop', 'agent', '192.0.2.11'), endpoints('shop', 'by-hand', '192.0.2.11'));
    put('endpoints', endpoints('bank', 'agent', '192.0.2.11'));
    expect(await found()).toEqual(['agent node-address 1', 'by-hand node-address 1']);
    const { violations, suppressed } = JSON.parse((await run()).out);
    expect(violations.map(({ namespace }: Record<string, string>) => namespace)).toEqual(['bank', 'shop']);
    expect(suppressed.ownPods).toEqual({ objects: 1, violations: 1 });
  });
});

describe('pods that start and stop while objects are read', () => {
  const meanwhile = (happens: () => void) => {
    cluster.interfere = (path) => {
      if (path === paths.endpoints) happens();
      return undefined;
    };
  };

  test('an address that an own pod has got by then is claimed', async () => {
    put('endpoints', endpoints('shop', 'e', '10.244.9.9', '10.244.9.8'));
    meanwhile(() => put('pods', livePod('shop', 'late', '10.244.9.9')));
    expect(await found()).toEqual(['e unclaimed-address 1']);
    expect(JSON.parse((await run()).out).suppressed.ownPods).toEqual({ objects: 0, violations: 0 });
  });

  test('an address that has passed from a foreign pod to an own one is foreign no more', async () => {
    put('pods', livePod('bank', 'db-0', '10.244.2.9'), livePod('bank', 'db-1', '10.244.2.8'));
    put('endpoints', endpoints('shop', 'e', '10.244.2.9', '10.244.2.8'));
    meanwhile(() => {
      cluster.lists.get(paths.pods)?.shift();
      put('pods', livePod('shop', 'web', '10.244.2.9'));
    });
    expect(await found()).toEqual(['e foreign-pod 1']);
  });

  test('an address that somebody else has got by then is a finding still; so is one that nobody has any more', async () => {
    put('pods', livePod('bank', 'db-0', '10.244.2.9'));
    put('endpoints', endpoints('shop', 'e', '10.244.9.9', '10.244.2.9'));
    meanwhile(() => {
      cluster.lists.get(paths.pods)?.shift();
      put('pods', livePod('bank', 'late', '10.244.9.9'));
    });
    expect(await found()).toEqual(['e foreign-pod 1', 'e unclaimed-address 1']);
  });

  test('what could not be read again stays as it was', async () => {
    put('pods', livePod('bank', 'db-0', '10.244.2.9'));
    put('endpoints', endpoints('shop', 'e', '10.244.2.9'));
    let lists = 0;
    cluster.interfere = (path) => (path === paths.pods && ++lists > 1 ? { status: 500 } : undefined);
    expect(await found()).toEqual(['e foreign-pod 1']);
  });
});

describe('what could not be read', () => {
  const told = async (options: Partial<AuditOptions> = {}, rules = all) => {
    const { out, code } = await run(options, rules);
    const { errors, violations } = JSON.parse(out);
    const names = violations.map((one: Record<string, unknown>) => `${one.name} ${one.rule}`);
    return { code, found: names, told: errors.map(({ what }: { what: string }) => what) };
  };

  test.each<[string, (keyof typeof paths)[], string[], string[]]>([
    [
      'pods',
      ['pods', 'namespaces'],
      ['service service-address', 'node node-address'],
      ['namespaces', 'pods in all namespaces', 'what foreign-pod and unclaimed-address must know'],
    ],
    [
      'nodes',
      ['nodes'],
      ['pod foreign-pod', 'service service-address'],
      ['nodes', 'what unclaimed-address and node-address must know'],
    ],
    [
      'ServiceCIDRs',
      ['serviceCidrs'],
      ['node node-address', 'nobody unclaimed-address', 'pod foreign-pod'],
      ['servicecidrs', 'what service-address must know'],
    ],
  ])(
    '%s: the rules that need them are named as not judged, the others are judged',
    async (_, refused, expected, unread) => {
      fill();
      put('endpoints', endpoints('shop', 'pod', '10.244.2.9'), endpoints('shop', 'nobody', '10.244.9.9'));
      put('endpoints', endpoints('shop', 'service', '10.96.0.10'), endpoints('shop', 'node', '192.0.2.11'));
      cluster.interfere = (path) => (refused.some((name) => path === paths[name]) ? forbidden : undefined);
      const seen = await told();
      expect(seen).toEqual({ code: 2, found: expect.anything(), told: unread });
      expect([...seen.found].sort()).toEqual([...expected].sort());
      const { out, err } = await run({ output: 'text' });
      expect(out + err).toMatch(/^could not read what [\w -]+ must know: .* cannot be judged$/m);
    },
  );

  test('pods of one namespace: whose addresses are those of others is not known anywhere', async () => {
    fill();
    put('namespaces', ...['bank', 'shop'].map((name) => ({ metadata: { name } })));
    put('endpoints', endpoints('shop', 'pod', '10.244.2.9'));
    cluster.interfere = (path) =>
      path === paths.pods || path === '/api/v1/namespaces/bank/pods' ? forbidden : undefined;
    expect(await told()).toEqual({
      code: 2,
      found: [],
      told: ['pods in bank', 'what foreign-pod and unclaimed-address must know'],
    });
  });

  test('all pods, but those of each namespace: everything is known', async () => {
    fill();
    put('namespaces', ...['bank', 'knative-serving', 'shop'].map((name) => ({ metadata: { name } })));
    put('endpoints', endpoints('shop', 'pod', '10.244.2.9'));
    cluster.interfere = (path) => (path === paths.pods ? forbidden : undefined);
    expect(await told()).toEqual({ code: 1, found: ['pod foreign-pod'], told: [] });
  });

  test('ServiceCIDRs, where the API server has none: that is no lack', async () => {
    fill();
    put('endpoints', endpoints('shop', 'service', '10.96.0.10'), endpoints('shop', 'free', '10.96.7.7'));
    cluster.lists.delete(paths.serviceCidrs);
    expect(await told()).toEqual({ code: 1, found: ['service service-address'], told: [] });
  });

  test('nothing more than the policy has to know is read', async () => {
    const off = '\n  foreign-pod: { enforcement: none }\n';
    fill();
    expect((await told({}, off)).code).toBe(0);
    const asked = cluster.requests.filter((request) => /nodes|servicecidrs|namespaces/.test(request));
    expect(asked).toEqual([]);
  });
});

describe('--namespace', () => {
  test('judges that namespace alone, and knows the pods and Services of all', async () => {
    fill();
    put('endpoints', endpoints('shop', 'pod', '10.244.2.9'), endpoints('shop', 'service', '10.96.0.10'));
    put('endpoints', endpoints('bank', 'other', '10.244.1.1'));
    const { code, out } = await run({ namespace: 'shop' });
    expect(code).toBe(1);
    expect(await found({ namespace: 'shop' })).toEqual(['pod foreign-pod 1', 'service service-address 1']);
    expect(JSON.parse(out).objects).toBe(2);
  });

  test('where the pods of all may not be read: told, and the own ones are still own', async () => {
    fill();
    put('endpoints', endpoints('shop', 'pod', '10.244.2.9'), endpoints('shop', 'web', '10.244.1.1'));
    cluster.interfere = (path) => (path === paths.pods ? forbidden : undefined);
    const strict = `${all}  forbidden-network: { networks: [10.0.0.0/8] }\n`;
    const { code, out } = await run({ namespace: 'shop' }, strict);
    expect(code).toBe(2);
    expect(JSON.parse(out).errors).toEqual([
      { what: 'pods in all namespaces', why: 'the API server answered 403: no' },
      {
        what: 'what foreign-pod and unclaimed-address must know',
        why: 'without the pods of the cluster, all of them, they cannot be judged',
      },
    ]);
    expect(await found({ namespace: 'shop' }, strict)).toEqual(['pod forbidden-network 1']);
    expect(cluster.requests.some((request) => request.includes('/namespaces/bank/'))).toBe(false);
  });
});

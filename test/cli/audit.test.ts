import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditOptions, audit } from '../../src/cli/audit.ts';
import {
  endpoints,
  livePod,
  paths,
  podEndpoints,
  type StandIn,
  service,
  slice,
  startCluster,
} from '../support/cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

let cluster: StandIn;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const strict = `apiVersion: endpoints-webhook.io/v1alpha1
kind: Policy
rules:
  forbidden-network: { networks: [10.0.0.0/8] }
  forbidden-port: { ports: [TCP/10250] }
exempt: [{ namespaces: [legacy], rules: [forbidden-network] }]
namespaces: [{ match: [open], rules: { forbidden-network: { enforcement: none } } }]
`;

async function run(options: Partial<AuditOptions> = {}, watched = false) {
  const seen = { out: '', err: '', progress: [] as string[] };
  const io = {
    out: (text: string) => (seen.out += text),
    err: (text: string) => (seen.err += text),
    input: async () => '',
    ...(watched && { progress: (text: string) => seen.progress.push(text) }),
  };
  const given = {
    kubeconfig: write('kubeconfig', cluster.kubeconfig()),
    policy: write('policy.yaml', strict),
    ...{ output: 'json' as const, timeout: 2000, ...options },
  };
  const code = await audit(given, '1.2.3', io, new Date('2026-01-02T03:04:05Z'));
  return { ...seen, code };
}

/** `namespace/name rule severity count` of each violation. */
async function found(options: Partial<AuditOptions> = {}) {
  const { out } = await run(options);
  return JSON.parse(out).violations.map(
    (one: Record<string, unknown>) => `${one.namespace}/${one.name} ${one.rule} ${one.severity} ${one.count}`,
  );
}

const labelled = (name: string, labels: Readonly<Record<string, string>>) => {
  const { metadata, ...rest } = slice('shop', name, 'x', '10.1.1.1');
  return { ...rest, metadata: { ...metadata, labels } };
};

type Stored = ReturnType<typeof slice> | ReturnType<typeof endpoints>;

const deleted = <T extends Stored>({ metadata, ...rest }: T) => ({
  ...rest,
  metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/keep'] },
});

const managed = ({ metadata, ...rest }: ReturnType<typeof slice>, by = 'endpointslice-controller.k8s.io') => ({
  ...rest,
  metadata: { ...metadata, labels: { ...metadata.labels, 'endpointslice.kubernetes.io/managed-by': by } },
});

const podSlice = (...words: Parameters<typeof slice>) => {
  const { endpoints: list, ...rest } = slice(...words);
  return { ...rest, endpoints: list.map((one) => ({ ...one, targetRef: { kind: 'Pod', name: 'web' } })) };
};

const put = (path: keyof typeof paths, ...items: object[]) =>
  cluster.lists.get(paths[path])?.push(...(items as never[]));

describe('what exists', () => {
  test('is judged by the policy, in its namespace, as an update is', async () => {
    put('endpoints', endpoints('legacy', 'exempt', '10.1.1.1'), endpoints('open', 'a', '10.1.1.1'));
    put('endpoints', endpoints('shop', 'bad', '10.1.1.1', '10.1.1.2'), endpoints('shop', 'good', '1.2.3.4'));
    put('endpoints', { metadata: { namespace: 'shop', name: 'lock', annotations: { a: 'b' } } });
    put('slices', slice('shop', 'bad-1', 'bad', '10.1.1.1'), {
      ...slice('shop', 'fq', 'x', 'a.b'),
      addressType: 'FQDN',
    });
    const { out, code } = await run();
    const report = JSON.parse(out);
    expect(report).toMatchObject({ objects: 7, denials: 3, warnings: 0, audited: 0, exempt: 1, errors: [] });
    expect(report).toMatchObject({ tool: '1.2.3', date: '2026-01-02T03:04:05.000Z', cluster: { version: 'v1.37.2' } });
    expect(report.cluster.host).toBe(cluster.host);
    expect(await found()).toEqual([
      'shop/bad forbidden-network error 2',
      'shop/bad-1 forbidden-network error 1',
      'shop/fq fqdn-address error 1',
    ]);
    expect(report.violations[0].places[0]).toEqual({
      field: 'subsets[0].addresses[0].ip',
      message: expect.stringMatching(/^"10.1.1.1" is inside the forbidden network 10.0.0.0\/8: write an address/),
    });
    expect(code).toBe(1);
  });

  test('without ports, with names that are addresses to some, and with addresses inside others', async () => {
    const { ports: _, ...portless } = slice('shop', 'portless-1', 'x', '1.2.3.4') as Record<string, unknown>;
    const named = (name: string, address: string) => ({ ...slice('shop', name, 'x', address), addressType: 'FQDN' });
    put('endpoints', { ...endpoints('shop', 'portless'), subsets: [{ addresses: [{ ip: '1.2.3.4' }] }] });
    put('endpoints', endpoints('shop', 'nat64', '64:ff9b:1:a01:2:300::'), endpoints('shop', 'this', '0.1.2.3'));
    put('endpoints', endpoints('shop', 'public', '64:ff9b:1:808:8:800::'));
    put('slices', portless, named('number', '127.1'), named('special', 'metadata.google.internal'));
    const relaxed = strict.replace('rules:', 'rules:\n  fqdn-address: { enforcement: none }');
    expect(await found({ policy: write('relaxed.yaml', relaxed) })).toEqual([
      'shop/nat64 forbidden-network error 1',
      'shop/number well-formed error 1',
      'shop/portless forbidden-port error 1',
      'shop/portless-1 forbidden-port error 1',
      'shop/special special-address error 1',
      'shop/this special-address error 1',
    ]);
  });

  test('is suppressed in the namespaces of the cluster', async () => {
    put('endpoints', endpoints('kube-system', 'etcd', '10.0.0.9'), endpoints('kube-systems', 'x', '10.0.0.9'));
    const { out } = await run({ output: 'text' });
    const [first = '', rest = ''] = out.split('In the namespaces of the cluster itself:');
    expect(first).toMatch(/^kube-systems\/x/);
    expect(rest.trimStart()).toMatch(/^kube-system\/etcd/);
  });

  test('that cannot be read at all is a finding, not a crash', async () => {
    put('endpoints', { metadata: { namespace: 'a', name: 7 }, subsets: 'x' }, null as never, [] as never);
    put('slices', { metadata: null, endpoints: [[]], addressType: 4 });
    put('pods', null as never, { status: { podIPs: [7, { ip: 'x' }] }, metadata: { namespace: 'a' } });
    put('services', 'x' as never, {});
    put('clusterRoles', { rules: [{ apiGroups: '*', resources: [7], verbs: null }, 'x', null] }, null as never);
    put('roleBindings', { roleRef: 'x', subjects: 'y' }, null as never);
    const { code, out } = await run();
    expect(code).toBe(1);
    const { violations, objects } = JSON.parse(out);
    expect(objects).toBe(6);
    expect(violations.filter(({ rule }: { rule: string }) => rule === 'well-formed')).toHaveLength(2);
  });
});

describe('suppressed by evidence', () => {
  test('addresses of live pods of the same namespace, in either family', async () => {
    put('pods', livePod('shop', 'web', '10.1.1.1', { others: ['10.9.9.9'] }), livePod('other', 'b', '10.2.2.2'));
    put('pods', livePod('shop', 'done', '10.3.3.3', { phase: 'Succeeded' }));
    put('endpoints', endpoints('shop', 'own', '10.1.1.1', '10.9.9.9'), endpoints('shop', 'theirs', '10.2.2.2'));
    put('endpoints', endpoints('shop', 'gone', '10.3.3.3'), endpoints('shop', 'mixed', '10.1.1.1', '10.4.4.4'));
    expect(await found()).toEqual([
      'shop/gone forbidden-network error 1',
      'shop/mixed forbidden-network error 1',
      'shop/theirs forbidden-network error 1',
    ]);
    const { suppressed } = JSON.parse((await run()).out);
    expect(suppressed.ownPods).toEqual({ objects: 2, violations: 3 });
    expect((await run({ output: 'text' })).err).toMatch(/2 objects with 3 addresses or ports of live pods/);
  });

  test('a forbidden port of own pods, but not of those in the network of their node', async () => {
    const at = (name: string, ...ips: string[]) => {
      const object = endpoints('shop', name, ...ips);
      return { ...object, subsets: object.subsets.map((subset) => ({ ...subset, ports: [{ port: 10250 }] })) };
    };
    put('pods', livePod('shop', 'a', '10.1.1.1'), livePod('shop', 'b', '10.1.1.2', { hostNetwork: true }));
    put('endpoints', at('mixed', '10.1.1.1', '10.1.1.2'), at('node', '10.1.1.2'), at('own', '10.1.1.1'));
    expect(await found()).toEqual(['shop/mixed forbidden-port error 1', 'shop/node forbidden-port error 1']);
  });

  test('pods that were made while the objects were read', async () => {
    put('endpoints', endpoints('shop', 'new', '10.1.1.1', '10.1.1.2'));
    const late = livePod('shop', 'late', '10.1.1.1');
    cluster.interfere = (path) => {
      if (path === paths.endpoints) put('pods', late);
      return undefined;
    };
    expect(await found()).toEqual(['shop/new forbidden-network error 1']);
  });

  test.each([
    ['where both of its objects agree', ['10.0.0.1'], ['10.0.0.1'], []],
    ['not where they differ', ['10.0.0.1', '10.0.0.2'], ['10.0.0.1'], ['default/kubernetes forbidden-network error 1']],
    ['not where one says nothing', ['10.0.0.1'], [], ['default/kubernetes forbidden-network error 1']],
  ])('the API server’s own addresses, %s', async (_, listed, sliced, expected) => {
    put('endpoints', endpoints('default', 'kubernetes', ...listed));
    put('slices', slice('default', 'kubernetes', 'kubernetes', ...sliced));
    expect(await found()).toEqual(expected);
  });

  test('but not a slice that only says it belongs to it', async () => {
    put('endpoints', endpoints('default', 'kubernetes', '10.0.0.1'));
    put('slices', slice('default', 'kubernetes', 'kubernetes', '10.0.0.1'));
    put('slices', slice('default', 'kubernetes-2', 'kubernetes', '10.0.0.1'));
    expect(await found()).toEqual(['default/kubernetes-2 forbidden-network error 1']);
  });
});

describe('Services', () => {
  const policy = () =>
    write(
      'services.yaml',
      `${strict.split('exempt')[0]?.replace('[TCP/10250]', '[TCP/10250, TCP/6443]')}exempt: [{ namespaces: [legacy] }]\n`,
    );
  const web = { app: 'web' };

  test('are judged by what they name, whether or not anything listens', async () => {
    put('services', service('shop', 'ip', web, { externalIPs: ['10.96.0.1', '10.96.0.2'] }));
    put('services', service('shop', 'name', undefined, { type: 'ExternalName', externalName: 'metadata' }));
    put('services', service('shop', 'port', undefined, { ports: [{ port: 443, targetPort: 10250 }] }));
    put('services', service('shop', 'good', web, { ports: [{ port: 443, targetPort: 10250 }] }));
    put('services', service('legacy', 'name', undefined, { type: 'ExternalName', externalName: 'metadata' }));
    const { out, err, code } = await run({ policy: policy(), output: 'text' });
    const findings = out
      .split('\n\n')[0]
      ?.split('\n')
      .map((line) => line.replace(/: (?:use|write) .*(?=\[)/, ' '));
    expect(findings).toEqual([
      'shop/ip (Service): spec.externalIPs[0]: "10.96.0.1" is in none of the allowed networks [service-external-ip]',
      'shop/name (Service): spec.externalName: "metadata" is the name of a cloud\'s metadata service [service-external-name]',
      'shop/port (Service): spec.ports[0].targetPort: 10250 is the forbidden port TCP/10250 [service-target-port]',
    ]);
    expect(err).toContain('1 object in exempt namespaces: no findings');
    expect(err).toContain('5 objects audited: 3 denials');
    expect(code).toBe(1);
  });

  test('of the API servers leads to their port', async () => {
    put('services', service('default', 'kubernetes', undefined, { ports: [{ port: 443, targetPort: 6443 }] }));
    put('services', service('default', 'other', undefined, { ports: [{ port: 443, targetPort: 6443 }] }));
    expect(await found({ policy: policy() })).toEqual(['default/other service-target-port error 1']);
  });

  test('whoever may write their status is listed', async () => {
    const rules = [{ apiGroups: [''], resources: ['services', 'services/status'], verbs: ['update', 'patch', 'get'] }];
    put('clusterRoles', { metadata: { name: 'cloud' }, rules });
    put('clusterRoleBindings', {
      metadata: { name: 'cloud' },
      roleRef: { kind: 'ClusterRole', name: 'cloud' },
      subjects: [{ kind: 'ServiceAccount', name: 'cloud', namespace: 'cloud' }],
    });
    expect((await run({ output: 'text' })).out).toContain(`
Who can write Endpoints, EndpointSlices and the status of Services:
ClusterRole cloud: services/status: update, patch
  ServiceAccount cloud/cloud in all namespaces by ClusterRoleBinding cloud
`);
  });
});

describe('objects without traffic', () => {
  test('say so where there is no Service for them', async () => {
    put('services', service('shop', 'a', { app: 'a' }), service('shop', 'b'));
    put('endpoints', ...['a', 'b', 'c'].map((name) => endpoints('shop', name, '10.1.1.1')));
    put('slices', slice('shop', 'a-1', 'a', '10.1.1.1'), slice('shop', 'd-1', 'd', '10.1.1.1'));
    const { violations } = JSON.parse((await run()).out);
    expect(violations.map(({ name, service }: Record<string, string>) => `${name}: ${service}`)).toEqual([
      'a: with selector',
      'a-1: with selector',
      'b: without selector',
      'c: none',
      'd-1: none',
    ]);
    expect((await run({ output: 'text' })).out).toMatch(/shop\/c .*; no Service uses it yet \[/);
  });

  test('are used by the Service that a label of another data plane names', async () => {
    put('services', service('shop', 'a'), service('shop', 'b'));
    put('slices', labelled('ovn', { 'k8s.ovn.org/service-name': 'a' }), labelled('own', { 'example.com/svc': 'b' }));
    const states = async (options: Partial<AuditOptions> = {}) =>
      JSON.parse((await run(options)).out).violations.map(
        (one: Record<string, string>) => `${one.name}: ${one.service}`,
      );
    expect(await states()).toEqual(['ovn: without selector', 'own: none']);
    expect(await states({ extraServiceLabels: ['example.com/svc'] })).toEqual([
      'ovn: without selector',
      'own: without selector',
    ]);
  });

  test('are left behind where no selector keeps them up and the pod is gone', async () => {
    put('services', service('open', 'kept', { app: 'a' }), service('open', 'lost'), service('open', 'own'));
    put('pods', livePod('open', 'web', '10.1.1.1'));
    put('endpoints', podEndpoints('open', 'kept', '10.7.7.7'), podEndpoints('open', 'lost', '10.7.7.7', '10.1.1.1'));
    put('endpoints', endpoints('open', 'own', '10.7.7.7'));
    const { code } = await run();
    expect(await found()).toEqual(['open/lost stale-address warning 1']);
    expect(code).toBe(0);
  });

  test('are left behind where a finalizer keeps what was deleted, whatever the selector, the target and the kind of address', async () => {
    put('services', service('open', 'kept', { app: 'a' }));
    put('pods', livePod('open', 'web', '10.1.1.1'), livePod('shop', 'other', '10.7.7.7'));
    put(
      'endpoints',
      deleted(endpoints('open', 'kept', '10.1.1.1', '10.7.7.7')),
      deleted(endpoints('open', 'fine', '10.1.1.1')),
    );
    put(
      'slices',
      deleted(managed(slice('open', 'kept-1', 'kept', '10.7.7.7'))),
      deleted(managed(slice('open', 'live-1', 'kept', '10.1.1.1'))),
      deleted({ ...slice('open', 'named', 'kept', 'db.example'), addressType: 'FQDN' }),
    );
    const { out } = await run({ output: 'text' });
    expect(await found()).toEqual([
      'open/named fqdn-address error 1',
      'open/kept stale-address warning 1',
      'open/kept-1 stale-address warning 1',
      'open/named stale-address warning 1',
    ]);
    expect(out).toContain(
      'subsets[0].addresses[1].ip: "10.7.7.7" is still served by an object that was deleted, and no live pod of the namespace has it: take the finalizers away that keep the object [stale-address]',
    );
  });

  test('are left behind in slices that the controller does not keep up, beside a selector', async () => {
    put('services', service('open', 'kept', { app: 'a' }));
    const gone = podSlice('open', 'by-hand', 'kept', '10.7.7.7');
    put('slices', gone, managed({ ...gone, metadata: { ...gone.metadata, name: 'by-controller' } }));
    put('slices', managed({ ...gone, metadata: { ...gone.metadata, name: 'by-staff' } }, 'staff'));
    expect(await found()).toEqual(['open/by-hand stale-address warning 1', 'open/by-staff stale-address warning 1']);
  });
});

describe('pages', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => endpoints('shop', `e-${String(i).padStart(5, '0')}`, '10.1.1.1'));

  test('of 500, one after the other', async () => {
    put('endpoints', ...many(1201));
    const { out } = await run();
    expect(JSON.parse(out)).toMatchObject({ objects: 1201, denials: 1201, errors: [] });
    const asked = cluster.requests.filter((request) => request.startsWith(`GET ${paths.endpoints}?`));
    expect(asked.map((request) => request.split('?')[1])).toEqual([
      'limit=500',
      'limit=500&continue=500',
      'limit=500&continue=1000',
    ]);
  });

  test.each([
    ['goes on with the token that came with it', { metadata: { continue: '500' } }],
    ['begins anew where there is none, and counts nothing twice', {}],
  ])('a token that has expired: %s', async (_, body) => {
    put('endpoints', ...many(1201));
    let expired = 0;
    cluster.interfere = (path, query) =>
      path === paths.endpoints && query.get('continue') === '500' && expired++ === 0
        ? { status: 410, body }
        : undefined;
    const { out } = await run();
    expect(JSON.parse(out)).toMatchObject({ objects: 1201, denials: 1201, errors: [] });
    expect(expired).toBe(2);
  });

  test('a token that expires again and again ends in what could not be read', async () => {
    put('endpoints', ...many(600));
    cluster.interfere = (path, query) =>
      path === paths.endpoints && query.has('continue') ? { status: 410, body: { message: 'too old' } } : undefined;
    const { out, code } = await run();
    expect(code).toBe(2);
    const report = JSON.parse(out);
    expect(report.objects, 'what was read is judged').toBe(500);
    expect(report.errors).toEqual([
      { what: 'endpoints in all namespaces', why: 'the API server answered 410: too old' },
    ]);
  });

  test('that are too large are asked for in smaller ones', async () => {
    const large = many(40).map((one) => ({ ...one, padding: 'x'.repeat(600_000) }));
    put('endpoints', ...large);
    const { out } = await run({ timeout: 20_000 });
    expect(JSON.parse(out)).toMatchObject({ objects: 40, errors: [] });
    expect(cluster.requests.some((request) => request.includes(`${paths.endpoints}?limit=7`))).toBe(true);
  });

  test('an overloaded API server is asked again', async () => {
    put('endpoints', ...many(1));
    let asked = 0;
    cluster.interfere = (path) => (path === paths.endpoints && asked++ < 2 ? { status: 429 } : undefined);
    expect(JSON.parse((await run()).out)).toMatchObject({ objects: 1, errors: [] });
  });
});

describe('what could not be read is named, and the exit code is 2', () => {
  const forbidden = (message: string) => ({ status: 403, body: { kind: 'Status', message } });

  test('a namespace that may not be listed, where the whole may not', async () => {
    put('namespaces', ...['a', 'b', 'c'].map((name) => ({ metadata: { name } })));
    put('endpoints', ...['a', 'b', 'c'].map((namespace) => endpoints(namespace, 'web', '10.1.1.1')));
    cluster.interfere = (path) => {
      if (path === paths.endpoints) return forbidden('no');
      const [, namespace] = /namespaces\/([bc])\/endpoints$/.exec(path) ?? [];
      return namespace === undefined ? undefined : forbidden(`no endpoints in the namespace "${namespace}"`);
    };
    for (const output of ['json', 'text', 'html', 'sarif'] as const) {
      const { code, out, err } = await run({ output });
      expect(code).toBe(2);
      expect(out + err, output).toMatch(/endpoints in b, c.*no endpoints in this namespace/s);
    }
    expect(await found()).toEqual(['a/web forbidden-network error 1']);
  });

  test('pods: nothing is left behind then, and no pod is anybody’s own', async () => {
    cluster.interfere = (path) => (path === paths.pods || path === paths.namespaces ? forbidden('no pods') : undefined);
    put('pods', livePod('shop', 'web', '10.1.1.1'));
    put('endpoints', podEndpoints('shop', 'web', '10.1.1.1'), podEndpoints('open', 'web', '10.1.1.1'));
    expect(await found()).toEqual(['shop/web forbidden-network error 1']);
    const { code, out } = await run();
    expect(code).toBe(2);
    expect(JSON.parse(out).errors.map(({ what }: { what: string }) => what)).toEqual([
      'namespaces',
      'pods in all namespaces',
    ]);
  });

  test('pods of one namespace: only there is nothing left behind', async () => {
    put('namespaces', ...['a', 'open'].map((name) => ({ metadata: { name } })));
    put('endpoints', podEndpoints('a', 'web', '1.2.3.4'), podEndpoints('open', 'web', '1.2.3.4'));
    cluster.interfere = (path) =>
      path === paths.pods || path === '/api/v1/namespaces/open/pods' ? forbidden('no pods') : undefined;
    expect(await found()).toEqual(['a/web stale-address warning 1']);
  });

  test('Services: whether an object has one is not known then', async () => {
    put('endpoints', endpoints('shop', 'web', '10.1.1.1'));
    cluster.interfere = (path) => (path === paths.services || path === paths.namespaces ? forbidden('no') : undefined);
    expect(JSON.parse((await run()).out).violations).toMatchObject([{ name: 'web', service: 'unknown' }]);
  });

  test.each<[string, Parameters<typeof answer>[0], RegExp]>([
    ['a server that hangs', 'hang', /did not answer: .*(?:timeout|aborted)/i],
    ['garbage', { status: 200, text: '<html>' }, /something that is no list/],
    ['a list without items', { status: 200, body: { items: {} } }, /something that is no list/],
    ['an error', { status: 500, body: { message: 'boom' } }, /answered 500: boom/],
    ['an error without words', { status: 502, text: '<html>' }, /answered 502: nothing that can be read/],
    ['no such API', { status: 404, body: { message: 'no slices' } }, /answered 404: no slices/],
    ['a page that comes again and again', { status: 200, body: { items: [], metadata: { continue: 'x' } } }, /twice/],
  ])('%s', async (_, answered, why) => {
    cluster.interfere = answer(answered);
    const { code, out } = await run({ timeout: 1000 });
    expect(code).toBe(2);
    expect(JSON.parse(out).errors).toEqual([
      { what: 'endpointslices in all namespaces', why: expect.stringMatching(why) },
    ]);
  });

  function answer(answered: ReturnType<StandIn['interfere']>): StandIn['interfere'] {
    return (path) => (path === paths.slices ? answered : undefined);
  }

  test.each([
    ['unreachable', 'unreachable', /cannot reach the API server at .*ECONNREFUSED/],
    ['credentials refused', { status: 401, body: {} }, /does not accept these credentials \(401\)/],
    ['not an API server', { status: 200, text: '<html>' }, /what answers at .* is no API server: 200/],
    ['hanging', 'hang', /cannot reach the API server/],
  ] as const)('a cluster that cannot be asked at all: %s', async (_, how, message) => {
    if (how === 'unreachable') await cluster.close();
    else cluster.interfere = () => how;
    await expect(run({ timeout: 1000 })).rejects.toThrow(message);
    if (how === 'unreachable') cluster = await startCluster();
  });

  test('credentials that are not there', async () => {
    await expect(run({ kubeconfig: join(folder, 'none') })).rejects.toThrow(/cannot read the kubeconfig/);
    await expect(run({ context: 'third' })).rejects.toThrow('there is no context third: one of first, second');
    await expect(run({ policy: join(folder, 'none.yaml') })).rejects.toThrow(/cannot read .*none.yaml/);
  });
});

test('--context and --namespace', async () => {
  put('endpoints', endpoints('a', 'web', '10.1.1.1'), endpoints('b', 'web', '10.1.1.1'));
  expect(await found({ context: 'second', namespace: 'b' })).toEqual(['b/web forbidden-network error 1']);
  const listed = cluster.requests.map((request) => request.replace(/^GET |\?.*/g, ''));
  expect(listed.filter((path) => !path.includes('/namespaces/b/'))).toEqual([
    '/version',
    paths.clusterRoles,
    paths.clusterRoleBindings,
  ]);
});

test('nothing but GET is ever sent', async () => {
  put('endpoints', endpoints('a', 'web', '10.1.1.1'));
  cluster.interfere = (path) => (path === paths.slices ? { status: 403 } : undefined);
  await run();
  expect(cluster.requests.length).toBeGreaterThan(9);
  expect(cluster.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
});

test('progress is for terminals, and goes away', async () => {
  put('endpoints', ...Array.from({ length: 501 }, (_, i) => endpoints('a', `e-${1000 + i}`, '1.2.3.4')));
  expect((await run()).progress).toEqual([]);
  const { progress } = await run({}, true);
  expect(progress).toContain('reading endpoints: 500');
  expect(progress.at(-1)).toBe('');
});

test('a policy in audit mode refuses nothing: its findings are notes', async () => {
  put('endpoints', endpoints('a', 'web', '10.1.1.1'));
  const policy = write('audit.yaml', strict.replace('kind: Policy', 'kind: Policy\nmode: audit'));
  const { code, out } = await run({ policy });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ denials: 0, audited: 1, policy: { mode: 'audit' } });
  expect(await found({ policy })).toEqual(['a/web forbidden-network note 1']);
});

test('what is read as text', async () => {
  put('services', service('shop', 'bad'));
  put('endpoints', endpoints('shop', 'bad', '10.1.1.1', '10.1.1.2'));
  put('clusterRoles', {
    metadata: { name: 'writer' },
    rules: [{ apiGroups: [''], resources: ['endpoints', 'endpoints/restricted'], verbs: ['create', 'get'] }],
  });
  put('roleBindings', {
    metadata: { name: 'w\u001b[31m', namespace: 'shop' },
    roleRef: { kind: 'ClusterRole', name: 'writer' },
    subjects: [{ kind: 'User', name: 'eve\u202e' }],
  });
  const { out, err } = await run({ output: 'text' });
  const why =
    '"10.1.1.1" is inside the forbidden network 10.0.0.0/8: write an address outside of it, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource';
  const digest = /digest ([0-9a-f]{64})\n$/.exec(out)?.[1];
  expect(
    out,
  ).toBe(`shop/bad (Endpoints): subsets[0].addresses[0].ip: ${why}; and 1 place more of this object [forbidden-network]

Who can write Endpoints, EndpointSlices and the status of Services:
ClusterRole writer: endpoints: create
  User eve\\u202e in shop by RoleBinding w\\u001b[31m

Who is exempt, because they may create the restricted subresource:
ClusterRole writer: endpoints/restricted: create
  User eve\\u202e in shop by RoleBinding w\\u001b[31m

The group system:masters may do everything, without any role.

Judged by ${join(folder, 'policy.yaml')}, digest ${digest}
`);
  expect(err).toBe('2 objects audited: 1 denial, 0 warnings\n');
});

test('who has the permission by * alone is marked where the policy does not count that', async () => {
  put('roles', {
    metadata: { name: 'all', namespace: 'shop' },
    rules: [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }],
  });
  put('roleBindings', {
    metadata: { name: 'all', namespace: 'shop' },
    roleRef: { kind: 'Role', name: 'all' },
    subjects: [{ kind: 'User', name: 'eve' }],
  });
  const policy = write('wildcards.yaml', `${strict}authorization: {wildcards: cluster}\n`);
  const note = ', not exempt: by * alone, which the policy does not count (endpoints/restricted, services/restricted)';
  const line = '  User eve in shop by RoleBinding all';
  const counted = (await run({ output: 'text' })).out;
  const uncounted = (await run({ output: 'text', policy })).out;
  expect(counted.split('\n').filter((one) => one.startsWith(line))).toEqual([line, line]);
  expect(uncounted.split('\n').filter((one) => one.startsWith(line))).toEqual([line, `${line}${note}`]);
  expect((await run({ output: 'html', policy })).out).toContain(`by RoleBinding all${note}`);
  expect(JSON.parse((await run({ policy })).out).grants[0].holders[0].uncounted).toEqual([
    'endpoints/restricted',
    'services/restricted',
  ]);
});

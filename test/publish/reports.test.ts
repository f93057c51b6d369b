import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditOptions, audit } from '../../src/cli/audit.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { endpoints, livePod, podEndpoints, service } from '../support/cluster.ts';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';
import { type FakeRequest, refuse, sendJson, statusOf } from '../support/fake-request.ts';

const reports = '/apis/openreports.io/v1alpha1/reports';
const configMaps = '/api/v1/configmaps';
const managed = { 'app.kubernetes.io/managed-by': 'endpoints-webhook' };

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster();
});
afterEach(() => cluster.close());

async function run(options: Partial<AuditOptions> = {}, now = '2026-01-02T03:04:05Z') {
  const seen = { out: '', err: '' };
  const io = {
    out: (text: string) => (seen.out += text),
    err: (text: string) => (seen.err += text),
    input: async () => '',
  };
  const given = { kubeconfig: cluster.kubeconfig, output: 'none' as const, timeout: 2000, writeReports: true };
  const code = await audit({ ...given, ...options }, '1.2.3', io, new Date(now));
  return { ...seen, code };
}

/** Endpoints that the default policy denies. */
const bad = (namespace: string, name: string) =>
  cluster.put('/api/v1/endpoints', endpoints(namespace, name, '127.0.0.1'));

interface StoredReport {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly rule: string;
    readonly result: string;
    readonly severity: string;
    readonly scored: boolean;
    readonly message: string;
    readonly resources: readonly { readonly name: string }[];
    readonly timestamp: { readonly seconds: number };
    readonly properties: Readonly<Record<string, string>>;
  }[];
}

const stored = () => cluster.objects(reports) as unknown as readonly StoredReport[];

const writes = () =>
  cluster.requests.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`);

test('a Report for each namespace says what was found, and is deleted once it is clean', async () => {
  bad('shop', 'web');
  bad('bank', 'db');
  cluster.put('/api/v1/endpoints', endpoints('clean', 'web', '1.2.3.4'));
  const { code, out, err } = await run();
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toBe('3 objects audited: 2 denials, 0 warnings\n2 Reports written, 0 unchanged, 0 deleted\n');
  expect(stored()).toEqual([
    expect.objectContaining({ metadata: expect.objectContaining({ namespace: 'bank' }) }),
    {
      ...{ apiVersion: 'openreports.io/v1alpha1', kind: 'Report', source: 'endpoints-webhook' },
      metadata: {
        ...{ namespace: 'shop', name: 'endpoints-webhook', labels: managed },
        ...{ uid: expect.any(String), resourceVersion: expect.any(String) },
      },
      scope: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
      summary: { pass: 0, fail: 1, warn: 0, error: 0, skip: 0 },
      results: [
        {
          ...{ policy: 'endpoints-webhook', rule: 'special-address', category: 'Network' },
          ...{ result: 'fail', severity: 'high', scored: true },
          message: expect.stringMatching(/^"127.0.0.1" is .*; no Service uses it yet$/),
          resources: [{ apiVersion: 'v1', kind: 'Endpoints', namespace: 'shop', name: 'web' }],
          properties: {
            ...{ field: 'subsets[0].addresses[0].ip', value: '127.0.0.1' },
            ...{ places: '1', enforcement: 'deny', service: 'none' },
          },
          timestamp: { seconds: 1767323045, nanos: 0 },
        },
      ],
    },
  ]);
  cluster.remove('/api/v1/endpoints', 'shop/web');
  expect((await run()).err).toContain('0 Reports written, 1 unchanged, 1 deleted\n');
  expect(stored().map(({ metadata }) => metadata.namespace)).toEqual(['bank']);
});

test('what is unchanged is not written anew; what changes keeps when it was found first, and what others wrote', async () => {
  bad('shop', 'web');
  await run();
  const [first] = stored();
  cluster.requests.length = 0;
  expect((await run({}, '2026-01-03T03:04:05Z')).err).toContain('0 Reports written, 1 unchanged, 0 deleted\n');
  expect(writes()).toEqual([]);
  cluster.put(reports, { ...first, metadata: { ...first?.metadata, labels: { ...managed, team: 'a' } } });
  bad('shop', 'more');
  await run({}, '2026-01-03T03:04:05Z');
  const [second] = stored();
  expect(second?.metadata).toMatchObject({ uid: first?.metadata.uid, labels: { ...managed, team: 'a' } });
  expect(second?.results.map(({ resources, timestamp }) => [resources[0]?.name, timestamp.seconds])).toEqual([
    ['more', 1767409445],
    ['web', 1767323045],
  ]);
});

test('somebody’s change of a Report is undone', async () => {
  bad('shop', 'web');
  await run();
  const [first] = stored();
  cluster.put(reports, { ...first, summary: { ...first?.summary, fail: 0 } });
  expect((await run()).err).toContain('1 Report written');
  expect(stored()[0]?.summary).toEqual({ pass: 0, fail: 1, warn: 0, error: 0, skip: 0 });
});

describe('only our own Reports', () => {
  test('are written: one of the same name that something else wrote is left alone, and named', async () => {
    bad('shop', 'web');
    cluster.put(reports, { metadata: { namespace: 'shop', name: 'endpoints-webhook' }, source: 'kyverno' });
    cluster.put(reports, { metadata: { namespace: 'clean', name: 'endpoints-webhook' }, source: 'kyverno' });
    const { code, err } = await run();
    expect(err).toContain(
      'could not write reports.openreports.io in shop: the Report endpoints-webhook that is there was written by something else: delete it, or choose another name with --report-name\n',
    );
    expect(code).toBe(2);
    expect(writes()).toEqual([]);
  });

  test('are read: others of the namespace are never asked for', async () => {
    cluster.put(reports, { metadata: { namespace: 'shop', name: 'other', labels: managed } });
    bad('shop', 'web');
    await run({ reportName: 'guard' });
    expect(stored().map(({ metadata }) => metadata.name)).toEqual(['guard', 'other']);
    const asked = cluster.requests.filter(({ collection }) => collection === reports).map(({ url }) => url);
    expect(asked).toEqual([
      '/apis/openreports.io/v1alpha1/reports?fieldSelector=metadata.name%3Dguard&limit=500',
      '/apis/openreports.io/v1alpha1/namespaces/shop/reports/guard',
      '/apis/openreports.io/v1alpha1/namespaces/shop/reports?fieldValidation=Strict&fieldManager=endpoints-webhook-audit',
    ]);
  });

  test('of the one namespace that is looked at', async () => {
    bad('shop', 'web');
    bad('bank', 'db');
    await run();
    for (const key of ['shop/web', 'bank/db']) cluster.remove('/api/v1/endpoints', key);
    expect((await run({ namespace: 'shop' })).err).toContain('0 Reports written, 0 unchanged, 1 deleted\n');
    expect(stored().map(({ metadata }) => metadata.namespace)).toEqual(['bank']);
  });
});

describe('what is found', () => {
  test('has its place in the scale of Reports', async () => {
    cluster.put('/api/v1/services', service('shop', 'web'));
    cluster.put('/api/v1/pods', livePod('bank', 'db', '10.1.1.2'));
    cluster.put('/api/v1/endpoints', podEndpoints('shop', 'web', '10.1.1.1', '10.1.1.2'));
    await run();
    expect(stored()[0]?.summary).toEqual({ pass: 0, fail: 0, warn: 2, error: 0, skip: 0 });
    const words = stored()[0]?.results.map(({ rule, result, severity, scored, properties: { value } }) => ({
      ...{ rule, result, severity, scored, value },
    }));
    expect(words).toEqual([
      { rule: 'stale-address', result: 'warn', severity: 'medium', scored: false, value: '10.1.1.1' },
      { rule: 'changed-hands', result: 'warn', severity: 'high', scored: false, value: '10.1.1.2' },
    ]);
  });

  test('in exempt namespaces is not reported', async () => {
    for (const namespace of ['legacy', 'openshift-dns', 'openshift', 'shop']) bad(namespace, 'web');
    const { err } = await run({ exemptNamespace: ['legacy', 'openshift-*'] });
    expect(stored().map(({ metadata }) => metadata.namespace)).toEqual(['openshift', 'shop']);
    expect(err).toContain('2 objects in exempt namespaces: no findings\n');
  });

  test('more than fits is counted, and said', async () => {
    for (let n = 0; n < 1200; n++) bad('shop', `web-${n}`);
    await run();
    const [report] = stored();
    expect(report?.summary).toEqual({ pass: 0, fail: 1200, warn: 0, error: 0, skip: 1 });
    expect(report?.results).toHaveLength(1001);
    expect(report?.results.at(-1)).toMatchObject({
      ...{ rule: 'left-out', result: 'skip', properties: { leftOut: '200' } },
      message: '200 more findings left out, but counted in the summary: endpoints-webhook audit --namespace shop',
    });
    expect((await run()).err).toContain('0 Reports written, 1 unchanged');
  });

  test('with the longest names and values there are fits into what an API server stores', async () => {
    const long = 'a'.repeat(246);
    for (let n = 0; n < 1000; n++)
      cluster.put('/api/v1/endpoints', {
        metadata: { namespace: 'n'.repeat(63), name: `${long}.${n}` },
        subsets: [
          { addresses: [{ ip: '\u{1F600}\u0000"'.repeat(300), hostname: '\\'.repeat(500) }], ports: [{ port: 1 }] },
        ],
      });
    await run();
    const [report] = stored();
    const bytes = Buffer.byteLength(JSON.stringify(report));
    expect(bytes).toBeLessThan(1.2 * 1024 * 1024);
    expect(report?.summary.fail).toBeGreaterThan(1000);
    for (const { message, properties } of report?.results ?? []) {
      expect(message.length).toBeLessThanOrEqual(1000);
      expect((properties.value ?? '').length).toBeLessThanOrEqual(64);
    }
    expect((await run()).err).toContain('0 Reports written, 1 unchanged');
  });
});

describe('what is in the way', () => {
  /** Deals with writes as a test says, so many times. */
  const disturb = (
    times: number,
    then: (request: FakeRequest, ...rest: Parameters<typeof refuse>) => boolean | undefined,
    method = 'POST',
  ) => {
    let left = times;
    cluster.fault = (request, response) => {
      if (request.method !== method || left === 0) return false;
      left--;
      return then(request, response, 500) ?? true;
    };
  };

  test('a cluster without Reports is said before anything is read', async () => {
    cluster.missing.add(reports);
    await expect(run()).rejects.toThrow(
      /^the API server at 127.0.0.1:\d+ serves no Reports \(openreports.io\/v1alpha1\): install the CustomResourceDefinitions of https:\/\/github.com\/openreports\/reports-api, or leave --write-reports out$/,
    );
    expect(cluster.requests.some(({ collection }) => collection === '/api/v1/endpoints')).toBe(false);
  });

  test('that they may not be listed as well', async () => {
    cluster.fault = ({ collection }, response) => collection === reports && refuse(response, 403, { message: 'no' });
    await expect(run()).rejects.toThrow('could not read reports.openreports.io: the API server answered 403: no');
  });

  test('where something could not be read, nothing is written, and no Report is deleted', async () => {
    bad('shop', 'web');
    await run();
    cluster.requests.length = 0;
    cluster.fault = ({ collection }, response) => collection === '/api/v1/endpoints' && refuse(response, 500);
    const { code, err } = await run();
    expect(err).toContain('nothing was written, since not everything could be read\n');
    expect(code).toBe(2);
    expect(writes()).toEqual([]);
    expect(stored()).toHaveLength(1);
  });

  test('a Report that another run creates at the same time is written as it is then', async () => {
    bad('shop', 'web');
    disturb(1, () => {
      cluster.put(reports, { metadata: { namespace: 'shop', name: 'endpoints-webhook', labels: managed, uid: 'x' } });
      return false;
    });
    expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining('1 Report written') });
    expect(stored()).toMatchObject([{ metadata: { uid: 'x' }, summary: { fail: 1 } }]);
  });

  test.each(['PUT', 'DELETE'])('a Report that is written between reading and %s is read again', async (method) => {
    bad('shop', 'web');
    await run();
    if (method === 'PUT') bad('shop', 'more');
    else cluster.remove('/api/v1/endpoints', 'shop/web');
    disturb(
      1,
      () => {
        cluster.put(reports, { ...stored()[0], summary: {} });
        return false;
      },
      method,
    );
    expect((await run()).code).toBe(0);
    expect(stored().map(({ summary }) => summary.fail)).toEqual(method === 'PUT' ? [2] : []);
  });

  test.each(['PUT', 'DELETE'])(
    'a Report that something else takes between reading and %s is left alone',
    async (method) => {
      bad('shop', 'web');
      await run();
      if (method === 'PUT') bad('shop', 'more');
      else cluster.remove('/api/v1/endpoints', 'shop/web');
      const taken = { metadata: { namespace: 'shop', name: 'endpoints-webhook' }, source: 'other' };
      disturb(
        1,
        () => {
          cluster.remove(reports, 'shop/endpoints-webhook');
          cluster.put(reports, taken);
          return false;
        },
        method,
      );
      expect((await run()).code).toBe(method === 'PUT' ? 2 : 0);
      expect(stored()).toMatchObject([taken]);
    },
  );

  test('a Report that is written all the time is given up, and named', async () => {
    bad('shop', 'web');
    disturb(100, (_, response) => refuse(response, 409));
    const { code, err } = await run();
    expect(err).toContain('could not write reports.openreports.io in shop: somebody else writes it at the same time\n');
    expect(code).toBe(2);
  });

  test.each([
    [
      'gone',
      (response: Parameters<typeof refuse>[0]) => refuse(response, 404, { message: 'namespaces "shop" not found' }),
    ],
    [
      'being deleted',
      (response: Parameters<typeof refuse>[0]) => {
        const causes = [{ reason: 'NamespaceTerminating', message: 'namespace shop is being terminated' }];
        sendJson(response, 403, { ...statusOf(403, 'forbidden'), details: { causes } });
        return true;
      },
    ],
  ])('a namespace that is %s meanwhile is no failure', async (_, answer) => {
    bad('shop', 'web');
    disturb(1, (__, response) => answer(response));
    expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining('0 Reports written') });
  });

  test('a refusal in one namespace keeps no other from its Report', async () => {
    for (const namespace of ['a', 'b', 'c']) bad(namespace, 'web');
    cluster.fault = ({ method, namespace }, response) =>
      method === 'POST' &&
      namespace !== 'b' &&
      refuse(response, 403, { message: `no in the namespace "${namespace}"` });
    const { code, err } = await run();
    expect(err).toContain(
      'could not write reports.openreports.io in a, c: the API server answered 403: no in this namespace\n',
    );
    expect(code).toBe(2);
    expect(stored().map(({ metadata }) => metadata.namespace)).toEqual(['b']);
  });

  test.each([429, 500, 503])('an API server that answers %i twice is asked again', async (status) => {
    bad('shop', 'web');
    disturb(2, (_, response) => refuse(response, status, { retryAfter: 0 }));
    expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining('1 Report written') });
  });

  test('one that goes on failing is left alone after five namespaces', async () => {
    for (let n = 0; n < 40; n++) bad(`n-${n}`, 'web');
    cluster.fault = ({ method }, response) => method === 'POST' && refuse(response, 500, { retryAfter: 0 });
    const { code, err } = await run();
    expect(err).toMatch(/could not write reports.openreports.io in (?:n-\d+(?:, )?){5}: the API server answered 500/);
    expect(err).toContain('could not write the reports of 35 more namespaces: 5 in a row could not be written\n');
    expect(code).toBe(2);
    expect(writes()).toHaveLength(5 * 4);
  });

  test('one that never answers ends it in bounded time', async () => {
    for (let n = 0; n < 40; n++) bad(`n-${n}`, 'web');
    cluster.fault = ({ method }) => method === 'POST';
    const { code, err } = await run({ timeout: 200 });
    expect(err).toMatch(/could not write the reports of 35 more namespaces: 5 in a row could not be written/);
    expect(code).toBe(2);
    expect(writes()).toHaveLength(5);
  });

  test('a list of Reports whose pages expire goes on', async () => {
    for (let n = 0; n < 510; n++)
      cluster.put(reports, { metadata: { namespace: `n-${n}`, name: 'endpoints-webhook' } });
    let pages = 0;
    cluster.fault = ({ collection, query }) => {
      if (collection === reports && query.has('limit') && pages++ === 1) cluster.compact();
      return false;
    };
    expect(await run()).toMatchObject({ code: 0 });
    const asked = cluster.requests.filter(({ collection, name }) => collection === reports && name !== undefined);
    expect(new Set(asked.map(({ namespace }) => namespace)).size).toBe(510);
  });
});

describe('the sums', () => {
  const sums = { writeReports: false, summaryConfigMap: { namespace: 'guard', name: 'audit' } };

  test('go into the ConfigMap, beside what else it has', async () => {
    bad('shop', 'web');
    bad('bank', 'db');
    cluster.put(configMaps, { metadata: { namespace: 'guard', name: 'audit' }, data: { other: 'x' } });
    expect(await run(sums)).toMatchObject({ code: 0, err: '2 objects audited: 2 denials, 0 warnings\n' });
    const data = fieldsOf(cluster.objects(configMaps)[0]?.data);
    expect(data.other).toBe('x');
    expect(JSON.parse(String(data['summary.json']))).toEqual({
      ...{ time: 1767323045, namespaces: 2, objects: { Endpoints: 2, EndpointSlice: 0, Service: 0 } },
      findings: [{ rule: 'special-address', enforcement: 'deny', count: 2 }],
    });
    expect(cluster.requests.filter(({ collection }) => collection === configMaps).map(({ method }) => method)).toEqual([
      'PATCH',
    ]);
  });

  test('need one that is there', async () => {
    expect(await run(sums)).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'could not write the ConfigMap guard/audit: there is no such ConfigMap: create it, without data\n',
      ),
    });
  });

  test('are of the whole cluster', async () => {
    await expect(run({ ...sums, namespace: 'shop' })).rejects.toThrow(
      '--summary-config-map is for sums of the whole cluster: leave out --namespace',
    );
  });
});

test('without an output roles are not asked for: what is written needs no right to read them', async () => {
  await run();
  expect(cluster.requests.filter(({ url }) => url.includes('rbac'))).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { kubectl, mustKubectl } from '../support/kubectl.ts';
import { freshName, path, pathOf, release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { badEndpoints, badSlice, goodService } from '../support/objects.ts';
import { blockOf, typed } from '../support/printed.ts';
import { install, ourPods, uninstall } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { scrape } from '../support/scrape.ts';
import type { Thing } from '../support/thing.ts';
import { timed, until } from '../support/until.ts';

// The CronJob of the chart, with the CustomResourceDefinition of OpenReports: what stood there before anybody guarded it.

const definition = 'test/e2e/support/openreports-reports.yaml';
const group = 'openreports.io/v1alpha1';
const values = { audit: { cronJob: { enabled: true, schedule: '0 0 1 1 *' } } };
const { fullname, namespace: home } = release();
const auditor = { user: `system:serviceaccount:${home}:${fullname}-auditor` };

let namespace: string;
let crowded: string;
let ending: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await createNamespace(home, 'restricted');
  await mustKubectl(['apply', '--filename', definition]);
  await mustKubectl(['wait', '--for', 'condition=Established', 'crd/reports.openreports.io', '--timeout', '60s']);
  namespace = await freshNamespace('reports');
  crowded = await freshNamespace('crowded');
  ending = await freshNamespace('ending');
  await make('Endpoints', namespace, badEndpoints('before'));
  await make('EndpointSlice', namespace, badSlice('before-1'));
  const kept = badEndpoints('kept');
  await make('Endpoints', ending, { ...kept, metadata: { ...kept.metadata, finalizers: ['example.com/keep'] } });
  await install(values);
}, 300_000);

afterAll(async () => {
  await uninstall().catch(() => {});
  await kubectl(['delete', '--filename', definition, '--ignore-not-found']);
});

async function make(kind: 'Endpoints' | 'EndpointSlice', where: string, object: object): Promise<void> {
  const { status, text } = await api().post(pathOf(kind, where), object);
  expect(status, text).toBe(201);
}

/** Runs the CronJob now. Resolves to how the Job ended, and what its pod has said. */
async function runJob(): Promise<{ readonly succeeded: boolean; readonly said: string }> {
  const name = freshName('audit');
  await mustKubectl(['create', 'job', name, '--from', `cronjob/${fullname}-audit`, '--namespace', home]);
  return ended(name);
}

async function ended(name: string): Promise<{ readonly succeeded: boolean; readonly said: string }> {
  const succeeded = await until('the Job has ended', async () => {
    const { status } = (await api().get(path(home, 'jobs', name, 'batch/v1'))).body;
    const ended = (status?.conditions ?? []).find(
      (one) => ['Complete', 'Failed'].includes(one.type) && one.status === 'True',
    );
    return ended && { isSuccess: ended.type === 'Complete' };
  });
  const said = await mustKubectl(['logs', `job/${name}`, '--namespace', home]);
  return { succeeded: succeeded.isSuccess, said };
}

async function report(
  where: string,
): Promise<Thing & { readonly results?: readonly Result[]; readonly summary?: object }> {
  return (await api().get(path(where, 'reports', fullname, group))).body as never;
}

interface Result {
  readonly rule: string;
  readonly severity: string;
  readonly resources: readonly { readonly kind: string; readonly name: string }[];
  readonly properties: Readonly<Record<string, string>>;
}

test('what was there before the guard is in the Report of its namespace, as kubectl shows it', async () => {
  const { seconds, result } = await timed(runJob);
  expect(result.said).toMatch(
    /\d+ objects audited: \d+ denials, \d+ warnings\n[\s\S]*\d+ Reports? written, 0 unchanged, 0 deleted\n/,
  );
  expect(result.succeeded, result.said).toBe(true);
  const { metadata, results = [], summary } = await report(namespace);
  expect(metadata?.labels).toEqual({ 'app.kubernetes.io/managed-by': 'endpoints-webhook' });
  expect(summary).toEqual({ pass: 0, fail: 2, warn: 0, error: 0, skip: 0 });
  expect(results.map(({ rule, resources: [one] }) => `${one?.kind} ${one?.name} ${rule}`)).toEqual([
    'Endpoints before protocol',
    'EndpointSlice before-1 port-range',
  ]);
  expect(results[0]?.properties).toMatchObject({ field: 'subsets[0].ports[0].protocol', value: 'SCTP', places: '1' });
  const shown = await mustKubectl(['get', 'reports', '--namespace', namespace, '--no-headers']);
  expect(shown.split(/\s+/).slice(0, 6)).toEqual([fullname, '0', '2', '0', '0', '0']);
  note('audit', `- The CronJob's Job, from its creation to the Reports: ${inSeconds(seconds)}.`);
});

test('the API server refuses what its schema does not know: the Report is as it was sent', async () => {
  const { metadata, ...rest } = await report(namespace);
  const unknown = { ...rest, metadata: { name: 'other' }, results: [{ policy: 'x', unknown: 1 }] };
  const { status, text } = await api().post(
    `${path(namespace, 'reports', undefined, group)}?fieldValidation=Strict`,
    unknown,
  );
  expect(status).toBe(400);
  expect(text).toContain('unknown field \\"results[0].unknown\\"');
});

test('the commands of docs/reports.md run it now, and show its log and the Reports', async () => {
  const [create = '', log = '', list = ''] = blockOf('docs/reports.md', /create job audit-now/).split('\n');
  expect(await typed(create)).toContain('job.batch/audit-now created');
  const { succeeded, said } = await ended('audit-now');
  expect(succeeded, said).toBe(true);
  expect(await typed(log)).toBe(said);
  expect((await typed(list)).split('\n').some((row) => row.startsWith(`${namespace} `) && row.includes(fullname))).toBe(
    true,
  );
});

test('another run writes nothing anew', async () => {
  const before = (await report(namespace)).metadata?.resourceVersion;
  expect((await runJob()).said).toMatch(/\n0 Reports written, \d+ unchanged, 0 deleted\n/);
  expect((await report(namespace)).metadata?.resourceVersion).toBe(before);
});

test('all pods of the webhook have the metrics, without a right to read anything', async () => {
  const { seconds } = await timed(() =>
    until(
      'every pod shows what was found',
      async () => {
        const all = await scrape();
        return (
          all.length === 2 &&
          all.every((text) => /audit_findings\{rule="protocol",enforcement="deny"\} [1-9]/.test(text))
        );
      },
      { seconds: 240, every: 1000 },
    ),
  );
  note(
    'audit',
    `- The metrics of the webhook's pods show it ${inSeconds(seconds)} later: the kubelet brings the ConfigMap.`,
  );
  const mayRead = await kubectl([
    'auth',
    'can-i',
    'get',
    'configmaps',
    '--namespace',
    home,
    '--as',
    `system:serviceaccount:${home}:${fullname}`,
  ]);
  expect(mayRead.out.trim()).toBe('no');
});

test.each([
  ['get', `reports.openreports.io/other`, 'no'],
  ['delete', `reports.openreports.io/other`, 'no'],
  ['list', 'reports.openreports.io', 'no'],
  ['patch', 'reports.openreports.io', 'no'],
  ['get', `configmaps/${fullname}-audit-summary`, 'no'],
  ['update', 'endpoints', 'no'],
  ['list', 'secrets', 'no'],
  ['list', 'rolebindings.rbac.authorization.k8s.io', 'no'],
  ['update', `reports.openreports.io/${fullname}`, 'yes'],
  ['patch', `configmaps/${fullname}-audit-summary`, 'yes'],
])('the account of the CronJob: may it %s %s: %s', async (verb, what, answer) => {
  const { out } = await kubectl(['auth', 'can-i', verb, what, '--namespace', home], { as: auditor });
  expect(out.trim()).toBe(answer);
});

test('an address that a pod of another namespace has by now has changed hands', async () => {
  const [pod] = await ourPods();
  const ip = pod?.status?.podIP ?? '';
  const spec = { ports: [{ port: 80, protocol: 'TCP', name: 'http' }] };
  const { status, text } = await api().post(path(namespace, 'services'), { ...goodService('left'), spec });
  expect(status, text).toBe(201);
  const targetRef = { kind: 'Pod', name: 'gone', namespace };
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  await make('Endpoints', namespace, { ...badEndpoints('left'), subsets: [{ addresses: [{ ip, targetRef }], ports }] });
  await runJob();
  const found = (await report(namespace)).results?.filter(({ rule }) => rule === 'changed-hands') ?? [];
  expect(found.map(({ severity, properties: { value } }) => ({ severity, value }))).toContainEqual({
    severity: 'high',
    value: ip,
  });
});

test('more than an API server stores fits, cut and counted', async () => {
  await uninstall();
  const name = (n: number) => `${'n'.repeat(245)}.${n}`;
  const batch = Array.from({ length: 1100 }, (_, n) => n);
  for (let from = 0; from < batch.length; from += 20)
    await Promise.all(batch.slice(from, from + 20).map((n) => make('Endpoints', crowded, badEndpoints(name(n)))));
  await install(values);
  const { succeeded, said } = await runJob();
  expect(succeeded, said).toBe(true);
  const { results = [], summary } = await report(crowded);
  expect(summary).toEqual({ pass: 0, fail: 1100, warn: 0, error: 0, skip: 1 });
  expect(results.at(-1)).toMatchObject({ rule: 'left-out', result: 'skip' });
  const bytes = Buffer.byteLength(JSON.stringify(results));
  note(
    'audit',
    `- 1,100 objects with the longest names: ${results.length - 1} results in ${(bytes / 2 ** 20).toFixed(1)} MiB, the rest counted.`,
  );
  await api().delete(pathOf('Endpoints', crowded));
});

test('a namespace that ends has no Report any more, and is no failure', async () => {
  expect((await report(ending)).summary).toMatchObject({ fail: 1 });
  await api().delete(`/api/v1/namespaces/${ending}`);
  const left = `${path(ending, 'reports', fullname, group)}`;
  await until('the Report is gone with the rest', async () => (await api().get(left)).status === 404);
  const { succeeded, said } = await runJob();
  await api().patch(pathOf('Endpoints', ending, 'kept'), { metadata: { finalizers: null } });
  expect(succeeded, said).toBe(true);
  expect(said).toMatch(/\d+ denials/);
});

test('clean namespaces lose their Report', async () => {
  for (const kind of ['Endpoints', 'EndpointSlice'] as const) await api().delete(pathOf(kind, namespace));
  await mustKubectl(['delete', 'service', 'left', '--namespace', namespace]);
  const { succeeded, said } = await until('the controllers have forgotten', async () => {
    const ended = await runJob();
    const { status } = await api().get(path(namespace, 'reports', fullname, group));
    return status === 404 && ended;
  });
  expect(succeeded, said).toBe(true);
  expect((await api().get(path(crowded, 'reports', fullname, group))).status).toBe(404);
});

test('without the CustomResourceDefinition the Job fails, and says what to do', async () => {
  await mustKubectl(['delete', '--filename', definition]);
  const { succeeded, said } = await until('the API server has forgotten Reports', async () => {
    const ended = await runJob();
    return !ended.succeeded && ended;
  });
  expect(succeeded).toBe(false);
  expect(said).toContain('serves no Reports (openreports.io/v1alpha1): install the CustomResourceDefinitions of');
});

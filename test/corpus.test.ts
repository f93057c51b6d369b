import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { causeText } from '../src/admission/denial.ts';
import { type CheckOptions, check } from '../src/cli/check.ts';
import { pathText } from '../src/endpoints/field-path.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { fieldsOf, isFields } from '../src/json/fields.ts';
import { readPolicy } from '../src/manifests/policy-file.ts';
import { parseDocuments } from '../src/manifests/yaml-source.ts';
import type { Policy } from '../src/policy/policy.ts';
import { judge } from '../src/review/judge.ts';
import { rules } from '../src/rules/index.ts';
import { wellFormed } from '../src/rules/well-formed.ts';
import { type RunningWebhook, serve } from '../src/serve/serve.ts';
import { serveDefaults } from '../src/serve/serve-options.ts';
import { clusterOf } from '../src/state/cluster-of.ts';
import {
  clusterFileOf,
  fixtureCluster,
  fixtureFiles,
  fixturePolicy,
  kindOf,
  policyFileOf,
  ruleOf,
} from './support/corpus.ts';
import { eventually } from './support/eventually.ts';
import { type FakeCluster, startFakeCluster } from './support/fake-cluster.ts';
import { collections } from './support/followed-webhook.ts';
import { chartLimits } from './support/webhook.ts';

// Each fixture, judged as CREATE by the policy of its rule's fixtures, through every entry point. UPDATE_CORPUS=1 writes the .out
// beside each reject (what `check` prints of it) anew, once the verdict is right: read the diff, users will. `npm run docs` writes
// those that are missing. An accept has one where API servers refuse the object themselves, which `check` alone says. A rule that has to
// know the cluster has cluster.yaml beside its fixtures, and none has an .out: `check` passes the rule over.

interface Cause {
  readonly rule: string;
  readonly field: string;
  readonly message: string;
}

/** What an entry point says of a fixture. A warning over HTTPS has no remedy, so only the rule and the field are compared. */
interface Told {
  readonly denied: readonly Cause[];
  readonly warned: readonly Omit<Cause, 'message'>[];
}

const all = [wellFormed, ...rules];
const fixtures = fixtureFiles();
const needsCluster = new Set(all.filter((rule) => rule.needs).map(({ id }) => id));
const of = (verdict: string) => fixtures.filter((file) => file.includes(`/${verdict}/`));
const exemptibleByRbac = new Set(all.filter((rule) => rule.exemptibleByRbac).map(({ id }) => id));
const outOf = (file: string) => file.replace(/yaml$/, 'out');
const warns = (rule: string) => all.some(({ id, enforcement }) => id === rule && enforcement === 'warn');
const updates = process.env.UPDATE_CORPUS;
const updateCommand = (rule: string) => `UPDATE_CORPUS=1 npx vitest run test/corpus.test.ts -t corpus/${rule}/`;

const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
const policyFile = (rule: string) => join(folder, `${rule}.yaml`);
const policies = new Map<string, Policy>();
const clusters: FakeCluster[] = [];
const running = new Map<string, RunningWebhook & { readonly agent: https.Agent }>();

beforeAll(async () => {
  const options = {
    ...serveDefaults,
    ...chartLimits,
    port: 0,
    operationsPort: 0,
    bindAddress: '127.0.0.1',
    logLevel: 'silent',
  };
  for (const rule of readdirSync('test/corpus')) {
    const policy = policyFile(rule);
    writeFileSync(policy, JSON.stringify(fixturePolicy(rule)));
    policies.set(rule, readPolicy(policy));
    const cluster = needsCluster.has(rule) ? await startFixtureCluster(rule) : undefined;
    const kubeconfig = cluster && { kubeconfig: cluster.kubeconfig };
    const server = await serve({ ...options, ...kubeconfig, policy }, '0.0.0', { write: () => {} });
    const agent = new https.Agent({ keepAlive: true, ca: server.certificate });
    running.set(rule, { ...server, agent });
    if (cluster) clusters.push(cluster);
    if (cluster) await eventually(async () => expect(await isReady(server)).toBe(true), { interval: 20 });
  }
}, 60_000);

async function isReady({ operationsPort }: RunningWebhook): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${operationsPort}/readyz`)).ok;
}

/** A fake API server that has the objects of a rule's cluster. */
async function startFixtureCluster(rule: string): Promise<FakeCluster> {
  const cluster = await startFakeCluster();
  for (const object of fixtureCluster(rule) ?? []) {
    const { kind } = fieldsOf(object);
    const collection = collectionsByKind[String(kind)];
    if (!collection || !isFields(object)) throw new Error(`test/corpus/${rule}/cluster.yaml has the kind ${kind}`);
    cluster.put(collection, object);
  }
  return cluster;
}

const collectionsByKind: Readonly<Record<string, string>> = {
  Pod: collections.pods,
  Service: collections.services,
  Node: collections.nodes,
  ServiceCIDR: collections.serviceCidrs,
  EndpointSlice: collections.slices,
};

afterAll(async () => {
  for (const { agent, close } of running.values()) {
    agent.destroy();
    await close();
  }
  for (const cluster of clusters) await cluster.close();
  rmSync(folder, { recursive: true });
});

function askJudge(kind: Kind, object: unknown, rule: string): Told {
  const policy = policies.get(rule);
  if (!policy) throw new Error(`the fixtures of ${rule} have no policy`);
  const known = fixtureCluster(rule);
  const cluster = known && clusterOf(known);
  const judged = { kind, operation: 'CREATE', namespace: 'default', object } as const;
  const violations = judge(policy, judged, cluster && (() => cluster)).violations.map((violation) => ({
    enforcement: violation.enforcement,
    rule: violation.rule.id,
    field: pathText(violation.finding.path),
    message: causeText(violation, ''),
  }));
  const by = (wanted: string) => violations.filter(({ enforcement }) => enforcement === wanted);
  return {
    denied: by('deny').map(({ enforcement: _, ...cause }) => cause),
    warned: by('warn').map(({ rule, field }) => ({ rule, field })),
  };
}

const resources: Readonly<Record<Kind, object>> = {
  Endpoints: { group: '', version: 'v1', resource: 'endpoints' },
  EndpointSlice: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
  Service: { group: '', version: 'v1', resource: 'services' },
};

async function askServer(kind: Kind, object: unknown, rule: string): Promise<Told> {
  const resource = resources[kind];
  const request = { uid: crypto.randomUUID(), resource, namespace: 'default', operation: 'CREATE', object };
  const { uid, allowed, status, warnings } = await post({ userInfo: { username: 'somebody' }, ...request }, rule);
  expect(uid).toBe(request.uid);
  expect(status?.details.kind).toBe(allowed ? undefined : kind);
  const tag = / \[(?:endpoints-webhook: )?([a-z-]+)\]$/;
  const ruleIn = (text: string) => tag.exec(text)?.[1] ?? text;
  const named = 'users: ["somebody"], namespaces: ["default"]'; // only a server knows who asks
  const causes = status?.details.causes ?? [];
  for (const { message, field } of causes) expect(status?.message).toContain(`${field}: ${message}`);
  const refused = causes.every(({ message }) => exemptibleByRbac.has(ruleIn(message))) ? 403 : 422;
  expect(status?.code).toBe(allowed ? undefined : refused);
  return {
    denied: causes.map(({ message, field }) => ({
      ...{ rule: ruleIn(message), field },
      message: message.replace(tag, '').replace(named, 'users: [<its user>], namespaces: [<its namespace>]'),
    })),
    warned: (warnings ?? []).map((text) => ({ rule: ruleIn(text), field: text.slice(0, text.indexOf(': ')) })),
  };
}

interface Answer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: {
    code: number;
    message: string;
    details: { kind: string; causes: { message: string; field: string }[] };
  };
  readonly warnings?: string[];
}

function post(request: object, rule: string): Promise<Answer> {
  const { port, agent } = running.get(rule) ?? {};
  const body = JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const target = { host: '127.0.0.1', port, path: '/validate', method: 'POST', headers, agent };
  return new Promise((resolve, reject) => {
    const sent = https.request(target, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer).response), reject);
    });
    sent.on('error', reject).end(body);
  });
}

async function askCheck(file: string): Promise<Told & { readonly code: number }> {
  const { code, out } = await runCheck(file, 'json');
  const lines: (Cause & { severity: string })[] = JSON.parse(out).violations;
  const by = (wanted: string) => lines.filter(({ severity }) => severity === wanted);
  return {
    code,
    denied: by('error').map(({ rule, field, message }) => ({ rule, field, message })),
    warned: by('warning').map(({ rule, field }) => ({ rule, field })),
  };
}

async function runCheck(file: string, output: CheckOptions['output']) {
  let [out, err] = ['', ''];
  const io = {
    out(text: string) {
      out += text;
    },
    err(text: string) {
      err += text;
    },
    input: () => Promise.reject(new Error('a fixture is a file')),
  };
  const options = { namespace: 'default', output, policy: policyFile(ruleOf(file)) };
  return { code: await check([file], options, '0.0.0', io), out, err };
}

function readFixture(file: string) {
  const documents = [...parseDocuments(readFileSync(file, 'utf8'))];
  return { documents, object: documents[0]?.value };
}

/** What the judge says of a fixture, once that is what its folder says. */
function judgeRightly(file: string): Told {
  const rule = ruleOf(file);
  const verdict = file.includes('/accept/') ? 'accept' : 'reject';
  const { documents, object } = readFixture(file);
  expect(documents).toHaveLength(1);
  const told = askJudge(kindOf(file), object, rule);
  const named = new Set([...told.denied, ...told.warned].map((cause) => cause.rule));
  const hint = `${verdict} fixtures are judged by ${rule} and well-formed alone; test/corpus/${rule}/policy.yaml may turn on others`;
  expect([...named], hint).toEqual(verdict === 'accept' ? [] : [rule]);
  expect(told.denied.length > 0).toBe(verdict === 'reject' && !warns(rule));
  return told;
}

const isInCluster = (file: string) => needsCluster.has(ruleOf(file));

describe.each(fixtures.filter((file) => !isInCluster(file)))('%s', (file) => {
  const verdict = file.includes('/accept/') ? 'accept' : 'reject';
  const golden = outOf(file);

  test('every entry point gives the same verdict', async () => {
    const told = judgeRightly(file);
    expect(await askServer(kindOf(file), readFixture(file).object, ruleOf(file))).toEqual(told);
    const checked = await askCheck(file);
    if (verdict === 'reject' || !existsSync(golden))
      expect(checked).toEqual({ code: told.denied.length > 0 ? 1 : 0, ...told });
    else expect([checked.code, ...new Set(checked.denied.map((cause) => cause.rule))]).toEqual([1, 'well-formed']);
  });

  test('check prints what stands in .out, and nothing where there is none', async () => {
    judgeRightly(file);
    const { out } = await runCheck(file, 'text');
    const printed = out.replaceAll(`${dirname(file)}/`, '');
    if (verdict === 'accept' && printed === '') return expect(existsSync(golden)).toBe(false);
    if (updates === '1' || (updates === 'missing' && !existsSync(golden))) writeFileSync(golden, printed);
    const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : undefined;
    expect(printed, `${golden} is written by: ${updateCommand(ruleOf(file))}`).toBe(expected);
  });
});

describe('in the cluster beside it', () => {
  const inCluster = fixtures.filter(isInCluster);

  test.concurrent.each(inCluster)('%s: the judge and the server decide as the folder says', async (file) => {
    expect(await askServer(kindOf(file), readFixture(file).object, ruleOf(file))).toEqual(judgeRightly(file));
  });

  test.each(inCluster)('%s: check passes the rule over, and says so', async (file) => {
    const sum = '1 object checked: 0 denials, 0 warnings; 0 other objects skipped';
    const err = `${sum}\nnot judged without a cluster: ${ruleOf(file)}\n`;
    expect(await runCheck(file, 'text')).toEqual({ code: 0, out: '', err });
  });
});

test('a rule that has to know the cluster has one beside its fixtures, and no other rule has', () => {
  const known = readdirSync('test/corpus').filter((rule) => clusterFileOf(rule) !== undefined);
  expect(known.sort()).toEqual([...needsCluster].sort());
});

test.each(all)('$id has fixtures of the kinds that it judges', ({ id, kinds }) => {
  for (const verdict of ['accept', 'reject']) {
    const own = of(verdict).filter((file) => ruleOf(file) === id);
    const hint = `write test/corpus/${id}/${verdict}/<what-it-shows>.yaml, for a slice slice-<what-it-shows>.yaml, for a Service service-<what-it-shows>.yaml, then ${updateCommand(id)}`;
    expect([...new Set(own.map(kindOf))].sort(), hint).toEqual(kinds.toSorted());
  }
});

test('nothing in the corpus is left over', () => {
  const known = new Set(all.map(({ id }) => id));
  const besides = [...known].flatMap((rule) => [policyFileOf(rule), clusterFileOf(rule)]);
  const outs = fixtures.filter((file) => !isInCluster(file)).map(outOf);
  const wanted = new Set([...fixtures.filter((file) => known.has(ruleOf(file))), ...outs, ...besides]);
  const leftOver = globSync('test/corpus/**/*.*').filter((file) => !wanted.has(file));
  expect(leftOver, 'they belong to no rule or to no fixture: delete them').toEqual([]);
});

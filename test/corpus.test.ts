import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { causeText } from '../src/admission/denial.ts';
import { type CheckOptions, check } from '../src/cli/check.ts';
import { pathText } from '../src/endpoints/finding.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { readPolicy } from '../src/manifests/policy-file.ts';
import { parseDocuments } from '../src/manifests/yaml-source.ts';
import type { Policy } from '../src/policy/policy.ts';
import { judge } from '../src/review/judge.ts';
import { rules } from '../src/rules/index.ts';
import { wellFormed } from '../src/rules/well-formed.ts';
import { type Running, serve } from '../src/serve/serve.ts';
import { serveDefaults } from '../src/serve/serve-options.ts';

// One fixture a file (slices in those that begin with `slice-`), judged as CREATE by the default policy, or by the policy.yaml
// beside its rule's fixtures, through every entryPoint. `UPDATE_CORPUS=1 vitest run test/corpus.test.ts` writes the .out beside each
// reject (what `check` prints of it) anew: read the diff, users will.

interface Cause {
  readonly rule: string;
  readonly field: string;
  readonly message: string;
}

/** What a entryPoint says of a fixture. A warning over HTTPS has no remedy, so only the rule and the field are compared. */
interface Told {
  readonly denied: readonly Cause[];
  readonly warned: readonly Omit<Cause, 'message'>[];
}

const all = [wellFormed, ...rules];
const fixtures = globSync('test/corpus/*/*/*.yaml').sort();
const of = (verdict: string) => fixtures.filter((file) => file.includes(`/${verdict}/`));
const ruleOf = (file: string) => basename(dirname(dirname(file)));
const kindOf = (file: string): Kind => (basename(file).startsWith('slice-') ? 'EndpointSlice' : 'Endpoints');
const exemptibleByRbac = new Set(all.filter((rule) => rule.exemptibleByRbac).map(({ id }) => id));
const warns = (rule: string) => all.some(({ id, enforcement }) => id === rule && enforcement === 'warn');

/** The policy file that a rule's fixtures are judged by; `undefined` for the default policy. */
const policyFileOf = (rule: string) => {
  const file = `test/corpus/${rule}/policy.yaml`;
  return existsSync(file) ? file : undefined;
};
const policyFiles = [...new Set(all.map(({ id }) => policyFileOf(id)))];
const policies = new Map(policyFiles.map((file) => [file, readPolicy(file)]));
const running = new Map<string | undefined, Running & { readonly agent: https.Agent }>();

beforeAll(async () => {
  const options = { ...serveDefaults, port: 0, operationsPort: 0, bindAddress: '127.0.0.1', logLevel: 'silent' };
  for (const file of policyFiles) {
    const server = await serve({ ...options, ...(file && { policy: file }) }, '0.0.0', { write: () => {} });
    const agent = new https.Agent({ keepAlive: true, ca: server.certificate });
    running.set(file, { ...server, agent });
  }
});

afterAll(async () => {
  for (const { agent, close } of running.values()) {
    agent.destroy();
    await close();
  }
});

function askJudge(kind: Kind, object: unknown, policy: Policy): Told {
  const violations = judge(policy, {
    kind,
    operation: 'CREATE',
    namespace: 'default',
    object,
  }).violations.map((violation) => ({
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
};

async function askServer(kind: Kind, object: unknown, policyFile: string | undefined): Promise<Told> {
  const resource = resources[kind];
  const request = { uid: crypto.randomUUID(), resource, namespace: 'default', operation: 'CREATE', object };
  const { uid, allowed, status, warnings } = await post({ userInfo: { username: 'somebody' }, ...request }, policyFile);
  expect(uid).toBe(request.uid);
  expect(status?.details.kind).toBe(allowed ? undefined : kind);
  const tag = / \[(?:endpoints-webhook: )?([a-z-]+)\]$/;
  const ruleIn = (text: string) => tag.exec(text)?.[1] ?? text;
  const causes = status?.details.causes ?? [];
  for (const { message, field } of causes) expect(status?.message).toContain(`${field}: ${message}`);
  const refused = causes.every(({ message }) => exemptibleByRbac.has(ruleIn(message))) ? 403 : 422;
  expect(status?.code).toBe(allowed ? undefined : refused);
  return {
    denied: causes.map(({ message, field }) => ({ rule: ruleIn(message), field, message: message.replace(tag, '') })),
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

function post(request: object, policyFile: string | undefined): Promise<Answer> {
  const { port, agent } = running.get(policyFile) ?? {};
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
  let out = '';
  const io = {
    out(text: string) {
      out += text;
    },
    err() {},
    input: () => Promise.reject(new Error('a fixture is a file')),
  };
  const policy = policyFileOf(ruleOf(file));
  const options = { namespace: 'default', output, ...(policy && { policy }) };
  return { code: await check([file], options, '0.0.0', io), out };
}

describe.each(fixtures)('%s', (file) => {
  const verdict = basename(dirname(file));
  const rule = ruleOf(file);
  const documents = parseDocuments(readFileSync(file, 'utf8'));
  const object = documents[0]?.value;
  const policyFile = policyFileOf(rule);

  test('every entryPoint gives the same verdict', async () => {
    expect(documents).toHaveLength(1);
    const told = askJudge(kindOf(file), object, policies.get(policyFile) ?? readPolicy(policyFile));
    const named = [...told.denied, ...told.warned].map((cause) => cause.rule);
    expect([...new Set(named)]).toEqual(verdict === 'accept' ? [] : [rule]);
    expect(told.denied.length > 0).toBe(verdict === 'reject' && !warns(rule));
    expect(await askServer(kindOf(file), object, policyFile)).toEqual(told);
    expect(await askCheck(file)).toEqual({ code: told.denied.length > 0 ? 1 : 0, ...told });
  });

  test('check prints what stands in .out, and nothing of what is accepted', async () => {
    const { out } = await runCheck(file, 'text');
    const printed = out.replaceAll(`${dirname(file)}/`, '');
    const expected = file.replace(/yaml$/, 'out');
    if (verdict === 'reject' && process.env.UPDATE_CORPUS === '1') writeFileSync(expected, printed);
    expect(printed).toBe(verdict === 'reject' ? readFileSync(expected, 'utf8') : '');
  });
});

test.each(all.map(({ id, kinds }) => [id, kinds] as const))(
  '%s has fixtures of the kinds that it judges',
  (id, kinds) => {
    for (const verdict of ['accept', 'reject']) {
      const own = of(verdict).filter((file) => ruleOf(file) === id);
      expect([...new Set(own.map(kindOf))].sort()).toEqual(kinds.toSorted());
    }
  },
);

test('nothing in the corpus is left over', () => {
  const ownPolicies = policyFiles.filter((file) => file !== undefined);
  expect(ownPolicies.length).toBeGreaterThan(0);
  expect(readdirSync('test/corpus').sort()).toEqual(all.map(({ id }) => id).sort());
  expect(globSync('test/corpus/*/*')).toHaveLength(2 * all.length + ownPolicies.length);
  const outs = of('reject').map((file) => file.replace(/yaml$/, 'out'));
  expect(globSync('test/corpus/**/*.*').sort()).toEqual([...fixtures, ...outs, ...ownPolicies].sort());
});

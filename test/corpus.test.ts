import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { causeText } from '../src/admission/denial.ts';
import { type CheckOptions, check } from '../src/commands/check.ts';
import { type Running, serve } from '../src/commands/serve.ts';
import { serveDefaults } from '../src/commands/serve-options.ts';
import { parseDocuments } from '../src/commands/yaml-source.ts';
import { pathText } from '../src/endpoints/finding.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { documentedPolicy } from '../src/policy/policy.ts';
import { judge } from '../src/review/judge.ts';
import { rules } from '../src/rules/index.ts';
import { wellFormed } from '../src/rules/well-formed.ts';

// One specimen a file (slices in those that begin with `slice-`), judged as CREATE by the documented rules, through every door. `UPDATE_CORPUS=1 vitest run
// test/corpus.test.ts` writes the .out beside each reject (what `check` prints of it) anew: read the diff, users will.

interface Cause {
  readonly rule: string;
  readonly field: string;
  readonly message: string;
}

/** What a door says of a specimen. A warning over HTTPS has no remedy, so only the rule and the field are compared. */
interface Told {
  readonly denied: readonly Cause[];
  readonly warned: readonly Omit<Cause, 'message'>[];
}

const all = [wellFormed, ...rules];
const specimens = globSync('test/corpus/*/*/*.yaml').sort();
const of = (verdict: string) => specimens.filter((file) => file.includes(`/${verdict}/`));
const ruleOf = (file: string) => basename(dirname(dirname(file)));
const kindOf = (file: string): Kind => (basename(file).startsWith('slice-') ? 'EndpointSlice' : 'Endpoints');
const warns = (rule: string) => all.some(({ id, enforcement }) => id === rule && enforcement === 'warn');

let running: Running;
let agent: https.Agent;

beforeAll(async () => {
  const options = { ...serveDefaults, port: 0, operationsPort: 0, bindAddress: '127.0.0.1', logLevel: 'silent' };
  running = await serve(options, '0.0.0', { write: () => {} });
  agent = new https.Agent({ keepAlive: true, ca: running.certificate });
});

afterAll(async () => {
  agent.destroy();
  await running.close();
});

const policy = documentedPolicy();

function askJudge(kind: Kind, object: unknown): Told {
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

async function askServer(kind: Kind, object: unknown): Promise<Told> {
  const resource = resources[kind];
  const request = { uid: crypto.randomUUID(), resource, namespace: 'default', operation: 'CREATE', object };
  const { uid, allowed, status, warnings } = await post({ userInfo: { username: 'somebody' }, ...request });
  expect(uid).toBe(request.uid);
  expect(status?.code).toBe(allowed ? undefined : 422);
  expect(status?.details.kind).toBe(allowed ? undefined : kind);
  const tag = / \[(?:endpoints-webhook: )?([a-z-]+)\]$/;
  const ruleIn = (text: string) => tag.exec(text)?.[1] ?? text;
  const causes = status?.details.causes ?? [];
  for (const { message, field } of causes) expect(status?.message).toContain(`${field}: ${message}`);
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

function post(request: object): Promise<Answer> {
  const body = JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const target = { host: '127.0.0.1', port: running.port, path: '/validate', method: 'POST', headers, agent };
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
    input: () => Promise.reject(new Error('a specimen is a file')),
  };
  return { code: await check([file], { namespace: 'default', output }, io), out };
}

describe.each(specimens)('%s', (file) => {
  const verdict = basename(dirname(file));
  const rule = ruleOf(file);
  const documents = parseDocuments(readFileSync(file, 'utf8'));
  const object = documents[0]?.value;

  test('every door gives the same verdict', async () => {
    expect(documents).toHaveLength(1);
    const told = askJudge(kindOf(file), object);
    const named = [...told.denied, ...told.warned].map((cause) => cause.rule);
    expect([...new Set(named)]).toEqual(verdict === 'accept' ? [] : [rule]);
    expect(told.denied.length > 0).toBe(verdict === 'reject' && !warns(rule));
    expect(await askServer(kindOf(file), object)).toEqual(told);
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

test.each(all.map(({ id }) => id))('%s has specimens of both kinds', (id) => {
  for (const verdict of ['accept', 'reject']) expect(of(verdict).map(ruleOf)).toContain(id);
});

test.each(all.map(({ id, kinds }) => [id, kinds] as const))(
  '%s has specimens of the kinds that it judges',
  (id, kinds) => {
    for (const verdict of ['accept', 'reject']) {
      const own = of(verdict).filter((file) => ruleOf(file) === id);
      expect([...new Set(own.map(kindOf))].sort()).toEqual(kinds.toSorted());
    }
  },
);

test('nothing in the corpus is left over', () => {
  expect(readdirSync('test/corpus').sort()).toEqual(all.map(({ id }) => id).sort());
  expect(globSync('test/corpus/*/*')).toHaveLength(2 * all.length);
  const outs = of('reject').map((file) => file.replace(/yaml$/, 'out'));
  expect(globSync('test/corpus/**/*.*').sort()).toEqual([...specimens, ...outs].sort());
});

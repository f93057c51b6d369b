import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { forbiddenNetwork } from '../../src/rules/forbidden-network.ts';
import { type Answering, answer, hang, no, type Spec, startAuthorizer, yes } from '../support/authorizer.ts';
import { eventually } from '../support/eventually.ts';
import { bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Forbids what `bad` and `warned` have, by rules of which RBAC may exempt; of the port people are only warned. */
const rules = {
  'special-address': { enforcement: 'none' },
  'forbidden-network': { networks: ['127.0.0.0/8'] },
  'forbidden-port': { enforcement: 'warn', ports: ['TCP/6443'] },
};

function policyFile(settings: Readonly<Record<string, unknown>> = {}): string {
  const file = join(folder, `policy${files++}.yaml`);
  const head = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' };
  writeFileSync(file, JSON.stringify({ ...head, rules, ...settings }));
  return file;
}

function kubeconfigFile(text: string): string {
  const file = join(folder, `kubeconfig${files++}`);
  writeFileSync(file, text);
  return file;
}

/** A webhook whose RBAC exemptions come from an API server that the test answers for. */
async function start(answering: Answering, policy = policyFile()) {
  const authorizer = await startAuthorizer();
  authorizer.answering = answering;
  const kubeconfig = kubeconfigFile(authorizer.kubeconfig());
  const webhook = await startWebhook({ kubeconfig, policy });
  onTestFinished(async () => {
    await webhook.running.close();
    await authorizer.close();
  });
  const counted = async (result: string) =>
    Number(
      new RegExp(`access_reviews_total\\{result="${result}"\\} (\\d+)`).exec(await webhook.metrics())?.[1] ??
        Number.NaN,
    );
  return { ...webhook, authorizer, asked: authorizer.asked, counted };
}

const by = (username: string, rest = {}) => ({ userInfo: { username, groups: ['system:authenticated'], ...rest } });

describe('the question', () => {
  test('says everything that is known, and a yes allows the object', async () => {
    const { ask, asked, lines, metrics } = await start(yes);
    const extra = { 'Example.com/a%2f': ['1', ''], __proto__x: [], scopes: ['b', 'a'] };
    const userInfo = JSON.parse(`{"username":"alice","uid":"7","groups":["b","a"],"extra":{"__proto__":["x"]}}`);
    Object.assign(userInfo.extra, extra);
    expect(await ask('/validate', createReview(bad, { uid: 'one', userInfo }))).toEqual({
      uid: 'one',
      allowed: true,
      auditAnnotations: { decision: 'authorized', rules: 'forbidden-network' },
    });
    expect(asked).toEqual([
      {
        line: 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
        authorization: 'Bearer secret-token',
        type: 'application/json',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user: 'alice',
            uid: '7',
            groups: ['b', 'a'],
            extra: expect.objectContaining(extra),
            resourceAttributes: {
              verb: 'create',
              group: '',
              version: '*',
              resource: 'endpoints',
              subresource: 'restricted',
              namespace: 'shop',
              name: 'web',
            },
          },
        },
      },
    ]);
    expect(JSON.stringify(asked)).toContain('"__proto__":["x"]');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 30, uid: 'one', decision: 'authorized', rules: ['forbidden-network'] }),
    );
    const text = await metrics();
    expect(text).toContain('decision="authorized",dry_run="false"} 1');
    expect(text).toContain('violations_total{rule="forbidden-network",enforcement="deny"} 1');
    expect(text).not.toMatch(/denials_total\{.* [1-9]/);
    expect(text).toContain('access_reviews_total{result="allowed"} 1');
    expect(text).toContain('access_review_duration_seconds_count 1');
  });

  const generated = { ...bad, metadata: { name: 'web-x7k2p', generateName: 'web-', namespace: 'shop' } };
  test.each([
    ['a creation', createReview(bad), 'web'],
    ['an update', updateReview(bad, good), 'web'],
    ['a dry run', createReview(bad, { dryRun: true }), 'web'],
    ['a creation with a generated name', createReview(generated, { name: 'web-x7k2p' }), ''],
    ['an update of what was created so', updateReview(generated, good, { name: 'web-x7k2p' }), 'web-x7k2p'],
  ])('about %s is about creating', async (_, review, name) => {
    const { ask, asked } = await start(yes);
    expect(await ask('/validate', review)).toMatchObject({ allowed: true });
    expect(asked).toMatchObject([{ body: { spec: { resourceAttributes: { verb: 'create', name } } } }]);
  });

  const worse = { ...bad, subsets: [...bad.subsets, { addresses: [{ ip: 'x' }], ports: [{ port: 80 }] }] };
  const alsoBad = { ...bad, subsets: [{ ...bad.subsets[0], ports: [{ port: 0 }] }] };
  const warned = { ...good, subsets: [{ ...good.subsets[0], ports: [{ name: 'api', port: 6443 }] }] };
  const audit = policyFile({ mode: 'audit' });
  const exempt = policyFile({ exempt: [{ users: ['alice'], rules: ['forbidden-network'] }] });
  const situations: readonly (readonly [
    what: string,
    review: unknown,
    code: number,
    policy?: string,
    path?: string,
  ])[] = [
    ['what is in order', createReview(good), 200],
    ['what another rule denies too', createReview(alsoBad), 422],
    ['what cannot be read', createReview(worse), 422],
    ['what is unchanged', updateReview(bad, bad), 200],
    ['what is only warned of', createReview(warned), 200],
    ['whoever is exempt', createReview(bad), 200, exempt],
    ['audit mode', createReview(bad), 200, audit],
    ['a deletion', createReview(null, { operation: 'DELETE', oldObject: bad }), 200],
    ['another resource', createReview(bad, { resource: { group: '', resource: 'configmaps' } }), 200],
    ['the defaults', createReview(bad), 200, policyFile(), '/mutate'],
  ];
  const tried = situations.map(([what, review, code, policy, path = '/validate']) => ({
    ...{ what, review, code, policy, path },
  }));
  test.each(tried)('is not asked about $what', async ({ review, code, policy, path }) => {
    const { ask, asked } = await start(yes, policy);
    const { allowed, status } = await ask(path, review);
    expect([allowed, status?.code ?? 200]).toEqual([code === 200, code]);
    expect(asked).toEqual([]);
  });

  test('is asked where an exemption of the policy leaves only violations that RBAC can exempt', async () => {
    const { ask, asked } = await start(yes, policyFile({ exempt: [{ users: ['*'], rules: ['port-range'] }] }));
    expect(await ask('/validate', createReview(alsoBad))).toMatchObject({ allowed: true });
    expect(asked).toHaveLength(1);
  });
});

describe('the answer', () => {
  const mixed = {
    ...bad,
    subsets: [
      {
        addresses: [{ ip: '127.0.0.1', targetRef: { kind: 'Pod', fieldPath: '[' } }],
        ports: [{ name: 'api', port: 6443 }],
      },
    ],
  };
  const address = `subsets[0].addresses[0].ip: "127.0.0.1" is inside the forbidden network 127.0.0.0/8: ${forbiddenNetwork.remedy} [endpoints-webhook: forbidden-network]`;

  test('no is a 403 that says what to do', async () => {
    const { ask, counted, lines } = await start(no);
    const { status, warnings, auditAnnotations } = await ask('/validate', createReview(mixed));
    expect(status?.message).toBe(
      `${address}
allowed only where user "alice" may create endpoints/restricted named "web" in namespace "shop"; an administrator can grant it:
kubectl create role restricted-endpoints-web --namespace=shop --verb=create --resource=endpoints/restricted --resource-name=web
kubectl create rolebinding restricted-endpoints-web-alice --namespace=shop --role=restricted-endpoints-web --user=alice`,
    );
    expect(status).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      details: {
        name: 'web',
        kind: 'Endpoints',
        group: '',
        causes: [{ reason: 'FieldValueInvalid', field: 'subsets[0].addresses[0].ip' }],
      },
    });
    expect(`subsets[0].addresses[0].ip: ${status?.details?.causes[0]?.message}`).toBe(address);
    expect(auditAnnotations).toEqual({
      decision: 'denied',
      rules: 'target-field-path,forbidden-network,forbidden-port',
    });
    expect(warnings).toHaveLength(2);
    expect(await counted('refused')).toBe(1);
    expect(lines).toContainEqual(expect.objectContaining({ level: 30, decision: 'denied' }));
  });

  test('yes keeps the warnings of rules that RBAC cannot exempt from', async () => {
    const { ask } = await start(yes);
    expect(await ask('/validate', createReview(mixed))).toMatchObject({
      allowed: true,
      warnings: [expect.stringContaining('target-field-path')],
      auditAnnotations: { decision: 'authorized', rules: 'target-field-path,forbidden-network,forbidden-port' },
    });
  });

  const raw =
    (code: number, body: string, headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' }) =>
    (_: Spec, response: ServerResponse) =>
      void response.writeHead(code, headers).end(body);
  const status = (code: number, message: string, headers = {}) =>
    raw(code, JSON.stringify({ kind: 'Status', status: 'Failure', code, message }), {
      'Content-Type': 'application/json',
      ...headers,
    });
  const said =
    (value: unknown, rest = {}): Answering =>
    (_, response) =>
      answer(response, value, rest);
  test.each<readonly [string, Answering, RegExp]>([
    ['401', status(401, 'Unauthorized'), /answered 401: it does not accept our credentials; try again$/],
    [
      '403',
      status(403, 'User "x" cannot create\u001b[2J'),
      /answered 403: User 'x' cannot create\\u001b\[2J; try again$/,
    ],
    ['404', status(404, 'no such thing'), /answered 404; try again$/],
    ['409', status(409, 'conflict'), /; try again$/],
    ['429', status(429, 'later', { 'Retry-After': '1' }), /answered 429: later; try again$/],
    ['500', status(500, 'broken'), /answered 500: broken; try again$/],
    ['503', status(503, 'away', { 'Retry-After': '1' }), /answered 503: away; try again$/],
    ['nothing', raw(201, ''), /did not answer: .*; try again$/],
    ['no JSON', raw(201, '<html>'), /did not answer: .*; try again$/],
    ['no type', raw(201, '{}', {}), /did not answer: .*; try again$/],
    ['null', raw(201, 'null'), /something else than a SubjectAccessReview; try again$/],
    ['a list', raw(201, '[]'), /something else than a SubjectAccessReview; try again$/],
    ['a text', raw(201, '"allowed"'), /something else than a SubjectAccessReview; try again$/],
    ['another kind', said({ allowed: true }, { kind: 'Status' }), /something else than a SubjectAccessReview/],
    ['another group', said({ allowed: true }, { apiVersion: 'v1' }), /something else than a SubjectAccessReview/],
    ['a review without status', said(undefined), /neither yes nor no/],
    ['a status of null', said(null), /neither yes nor no/],
    ['a status that is true', said(true), /neither yes nor no/],
    ['an empty status', said({}), /neither yes nor no/],
    ['allowed as text', said({ allowed: 'true' }), /neither yes nor no/],
    ['allowed as number', said({ allowed: 1 }), /neither yes nor no/],
    ['denied as text', said({ allowed: true, denied: 'false' }), /neither yes nor no/],
    ['allowed in a prototype', raw(201, '{"__proto__":{"status":{"allowed":true}}}'), /something else/],
    [
      'allowed in the prototype of a review',
      raw(
        201,
        '{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","__proto__":{"status":{"allowed":true}}}',
      ),
      /neither yes nor no/,
    ],
    ['a reset', (_, response) => void response.socket?.destroy(), /did not answer: .*; try again$/],
    ['half an answer', (_, { socket }) => void socket?.end('HTTP/1.1 201 Created\r\nContent-Le'), /did not answer: /],
  ])('%s is none: refused, counted, asked once', async (_, answering, reason) => {
    const { ask, asked, counted, lines } = await start(answering);
    const response = await ask('/validate', createReview(bad));
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 403, reason: 'Forbidden', details: { causes: [{}] } },
      auditAnnotations: { decision: 'denied', rules: 'forbidden-network' },
    });
    const lastLine = response.status?.message.split('\n').at(-1) ?? '';
    expect(lastLine).toMatch(
      /^could not ask whether user "alice" may create endpoints\/restricted named "web" in namespace "shop", which would allow this: /,
    );
    expect(lastLine).toMatch(reason);
    expect(response.status?.message).not.toMatch(/kubectl|\p{Cc}(?<!\n)/u);
    expect([asked.length, await counted('unanswered'), await counted('allowed')]).toEqual([1, 1, 0]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 40,
        msg: 'could not ask for an RBAC exemption',
        decision: 'denied',
        rules: ['forbidden-network'],
        reason: expect.stringContaining('try again'),
      }),
    );
  });

  test('an explicit denial wins over a permission', async () => {
    const { ask, counted } = await start(said({ allowed: true, denied: true }));
    expect((await ask('/validate', createReview(bad))).status?.message).toContain('kubectl create role ');
    expect(await counted('refused')).toBe(1);
  });

  test('no API server listens: refused', async () => {
    const { ask, authorizer, counted } = await start(yes);
    await authorizer.close();
    expect((await ask('/validate', createReview(bad))).status?.message).toMatch(/did not answer: .*ECONNREFUSED/);
    expect(await counted('unanswered')).toBe(1);
  });
});

describe('without a cluster', () => {
  test('every such object is refused, and everything else goes on', async () => {
    const { ask, lines, metrics, running } = await startWebhook({ policy: policyFile() });
    expect((await ask('/validate', createReview(bad))).status).toMatchObject({
      code: 403,
      message: expect.stringMatching(/would allow this: no cluster to ask: run in a pod or give --kubeconfig$/),
    });
    expect(await ask('/validate', createReview(good))).toMatchObject({ allowed: true });
    expect(await metrics()).toContain('access_reviews_total{result="unanswered"} 1');
    expect(lines[0]).toMatchObject({ level: 40, msg: 'RBAC exemptions cannot be granted' });
    await running.close();
  });

  test('a kubeconfig that cannot be used ends the start, unless nothing needs it', async () => {
    const kubeconfig = kubeconfigFile('{');
    await expect(startWebhook({ kubeconfig, policy: policyFile() })).rejects.toMatchObject({ name: 'ClusterError' });
    const { running } = await startWebhook({ kubeconfig, policy: policyFile({ mode: 'audit' }) });
    await running.close();
  });
});

describe('time', () => {
  const trickle: Answering = (_, response) => {
    response.writeHead(201, { 'Content-Type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  test.each([
    ['no answer within a deadline of 80 %', hang, '?timeout=1s', 800],
    ['no answer, and no deadline', hang, '', 2000],
    ['no answer, and a long deadline', hang, '?timeout=30s', 2000],
    ['an answer without end', trickle, '?timeout=1s', 800],
  ] as const)('%s: refused in time, and the socket is closed', async (_, answering, query, milliseconds) => {
    const { ask, authorizer, counted } = await start(answering);
    const began = performance.now();
    const response = await ask(`/validate${query}`, createReview(bad));
    const took = performance.now() - began;
    expect(response.status?.message).toMatch(/the API server did not answer within \d+ ms; try again$/);
    expect(took).toBeGreaterThan(milliseconds - 250);
    expect(took).toBeLessThan(milliseconds + 10_000);
    await eventually(() => expect(authorizer.connections).toEqual({ open: 0, most: 1 }));
    expect(await counted('unanswered')).toBe(1);
    authorizer.answering = yes;
    expect(await ask('/validate', createReview(bad))).toMatchObject({ allowed: true });
  });

  test('a deadline that is over before it is asked', async () => {
    const { ask, asked } = await start(yes);
    const { status } = await ask('/validate?timeout=0.001ms', createReview(bad));
    expect([status?.code, asked.length]).toEqual([expect.toBeOneOf([403, 504]), 0]);
  });

  test('100 calls that hang are over when their time is, and take nothing from those after them', async () => {
    const { post, authorizer, counted, metrics, ask } = await start(hang);
    const began = performance.now();
    const reviews = Array.from({ length: 100 }, (_, i) => createReview(bad, by(`user-${i}`)));
    const answers = await Promise.all(reviews.map((review) => post('/validate?timeout=2s', review)));
    expect(performance.now() - began).toBeLessThan(6000);
    for (const { body } of answers) expect(body.response).toMatchObject({ allowed: false, status: { code: 403 } });
    await eventually(() => expect(authorizer.connections.open).toBe(0));
    expect(authorizer.connections.most).toBeLessThanOrEqual(8);
    const sent = authorizer.asked.length;
    expect(await counted('unanswered')).toBe(100);
    expect(await metrics()).toContain('requests_in_flight 0');
    authorizer.answering = yes;
    expect(await ask('/validate', createReview(bad))).toMatchObject({ allowed: true });
    expect(authorizer.asked.length - sent, 'what waited for a connection has been given up there').toBe(1);
  });

  test('while it is asked, others are answered; a client that leaves harms nobody; draining answers', async () => {
    const waiting: ServerResponse[] = [];
    const { ask, authorizer, connect, metrics, running } = await start((_, response) => void waiting.push(response));
    const body = JSON.stringify(createReview(bad, by('mallory')));
    const socket = connect();
    socket.write(
      `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await eventually(() => expect(waiting).toHaveLength(1));
    const pending = ask('/validate', createReview(bad));
    await eventually(() => expect(waiting).toHaveLength(2));
    expect(await ask('/validate', createReview(good))).toMatchObject({ allowed: true });
    socket.destroy();
    await sleep(50);
    const closed = running.close();
    for (const response of waiting) yes({} as Spec, response);
    expect(await pending).toMatchObject({ allowed: true, auditAnnotations: { decision: 'authorized' } });
    expect(await metrics().catch(() => 'requests_in_flight 0')).toContain('requests_in_flight 0');
    await closed;
    await eventually(() => expect(authorizer.connections.open).toBe(0));
  });
});

const broken: Answering = (_, response) => {
  response.writeHead(500, { 'Content-Type': 'application/json' }).end('{"message":"broken"}');
};

describe('the cache', () => {
  test('remembers who may, and nobody else', async () => {
    const { ask, asked, counted, authorizer } = await start(yes);
    for (let i = 0; i < 3; i++) expect(await ask('/validate', createReview(bad))).toMatchObject({ allowed: true });
    expect([asked.length, await counted('allowed'), await counted('cached')]).toEqual([1, 1, 2]);
    authorizer.answering = no;
    for (const review of [
      createReview(bad, by('bob')),
      createReview(bad, by('alice', { uid: '1' })),
      createReview(bad, by('alice', { groups: [] })),
      createReview(bad, by('alice', { extra: { scopes: ['all'] } })),
      createReview(bad, { namespace: 'other' }),
      createReview({ ...bad, metadata: { name: 'other', namespace: 'shop' } }),
    ])
      expect(await ask('/validate', review)).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(asked).toHaveLength(7);
  });

  test.each([
    ['a no', no, '10s'],
    ['no answer', broken, '10s'],
    ['a yes where it is off', yes, '0s'],
  ] as const)('does not remember %s', async (_, answering, cacheTTL) => {
    const { ask, asked } = await start(answering, policyFile({ authorization: { cacheTTL } }));
    await ask('/validate', createReview(bad));
    await ask('/validate', createReview(bad));
    expect(asked).toHaveLength(2);
  });
});

test('500 users at once take 8 connections, and each gets the answer that is his', async () => {
  const wanted = (user: string) => Number(user.split('-')[1]) % 3;
  const { post, authorizer, counted } = await start((spec, response) => {
    if (wanted(spec.user) === 0) yes(spec, response);
    else if (wanted(spec.user) === 1) setTimeout(() => no(spec, response), 2);
    else broken(spec, response);
  });
  const users = Array.from({ length: 500 }, (_, i) => `user-${i}`);
  await Promise.all(
    users.map(async (user) => {
      const { response } = (await post('/validate?timeout=10s', createReview(bad, { uid: user, ...by(user) }))).body;
      const message = response.status?.message ?? '';
      expect([response.uid, response.allowed]).toEqual([user, wanted(user) === 0]);
      if (wanted(user) === 1) expect(message).toContain(`--user=${user}`);
      if (wanted(user) === 2) expect(message).toContain(`could not ask whether user "${user}" may`);
    }),
  );
  expect(authorizer.connections.most).toBeLessThanOrEqual(8);
  expect(authorizer.asked).toHaveLength(500);
  expect([await counted('allowed'), await counted('refused'), await counted('unanswered')]).toEqual([167, 167, 166]);
});

test('four questions of one user wait; his fifth review is denied at once, and another user is asked about', async () => {
  const { ask, asked, authorizer, counted } = await start(hang);
  const waiting = Array.from({ length: 4 }, () => ask('/validate', createReview(bad, by('alice'))));
  await eventually(() => expect(asked).toHaveLength(4));
  const { allowed, status } = await ask('/validate', createReview(bad, by('alice')));
  expect([allowed, status?.code]).toEqual([false, 403]);
  expect(status?.message).toContain('4 questions about this user wait already; try again');
  expect([asked.length, await counted('unanswered')]).toEqual([4, 1]);
  authorizer.answering = yes;
  expect((await ask('/validate', createReview(bad, by('bob')))).allowed).toBe(true);
  for (const { allowed } of await Promise.all(waiting)) expect(allowed).toBe(false);
});

test('64 questions of all users wait; the next review is denied at once', async () => {
  const { ask, metrics } = await start(hang);
  const users = Array.from({ length: 64 }, (_, i) => `user-${i % 16}`);
  const waiting = users.map((user) => ask('/validate', createReview(bad, by(user))));
  await eventually(async () => expect(await metrics()).toContain('requests_in_flight 64\n'));
  const { allowed, status } = await ask('/validate', createReview(bad, by('zoe')));
  expect([allowed, status?.code]).toEqual([false, 403]);
  expect(status?.message).toContain('64 questions wait already; try again');
  for (const { allowed } of await Promise.all(waiting)) expect(allowed).toBe(false);
});

test('what was sent behind a review that waits gives its memory back when the connection ends', async () => {
  const { connect, asked, metrics } = await start(hang);
  const socket = connect().on('error', () => {});
  const post = (review: unknown) => {
    const body = JSON.stringify(review);
    return `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  socket.write(post(createReview(bad)));
  await eventually(() => expect(asked).toHaveLength(1));
  for (let i = 0; i < 9; i++) socket.write(post(createReview({ ...good, extra: 'x'.repeat(20_000) })));
  await eventually(async () => expect(await metrics()).toContain('request_body_bytes_count 9'));
  expect(Number(/webhook_in_flight_bytes (\d+)/.exec(await metrics())?.[1])).toBeGreaterThan(100_000);
  socket.destroy();
  await eventually(async () => expect(await metrics()).toMatch(/webhook_in_flight_bytes 0$/m));
});

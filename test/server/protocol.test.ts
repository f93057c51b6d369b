import { afterAll, describe, expect, test } from 'vitest';
import { applied, bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { agent, ask, post } = webhook;

const entryPoints = ['/validate', '/mutate'] as const;
const text = JSON.stringify(createReview());
const without = (member: string) => text.replace(new RegExp(`"${member}":"[^"]*",`), '');
const review = (request: string) =>
  `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":${request}}`;
const endpoints = { group: '', version: 'v1', resource: 'endpoints' };

describe('calls without a verdict', () => {
  test.each([
    ['GET', '/', 404, 'text/plain'],
    ['POST', '/validate/', 404, 'application/json'],
    ['POST', '/Validate', 404, 'application/json'],
    ['POST', '/%E0%A4%A', 404, 'text/plain'],
    ['POST', '/livez', 404, 'application/json'],
    ['PUT', '/validate', 405, 'text/plain'],
    ['GET', '/mutate?timeout=1s', 405, 'text/plain'],
    ['OPTIONS', '/mutate', 405, 'application/json'],
    ['POST', '/validate', 415, 'text/plain'],
    ['POST', '/mutate', 415, 'application/jsonp'],
    ['POST', '/mutate', 415, 'application/json, text/plain'],
    ['POST', '/mutate', 415, ''],
  ])('%s %s is %i for what it is wrong in first', async (method, path, code, type) => {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'options';
    const request = agent[verb](path).set('Content-Encoding', 'br');
    const answer = await request.set('Content-Type', type).send('not JSON');
    expect(answer.status).toBe(code);
    expect(answer.headers.allow).toBe(code === 405 ? 'POST' : undefined);
    expect(answer.body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code });
    expect(answer.body.message).toMatch(code === 404 ? /not found/ : code === 405 ? /use POST/ : /application\/json/);
  });

  test('a HEAD has no body', async () => {
    expect(await agent.head('/validate')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  test.each(['gzip', 'br', 'identity, gzip', 'deflate'])(
    'content encoding %s is 415 before the body is looked at',
    async (coding) => {
      const answer = await post('/validate', 'not JSON', { 'Content-Encoding': coding });
      expect([answer.status, answer.body.message]).toEqual([415, 'send the body without a content encoding']);
    },
  );

  test.each([
    [{ 'Content-Type': 'application/json; charset=utf-8' }],
    [{ 'Content-Type': 'Application/JSON' }],
    [{ 'Content-Encoding': 'identity' }],
  ])('%o is fine', async (headers) => {
    expect((await post('/validate', text, headers)).status).toBe(200);
  });

  const unaddressable: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['empty', '', /is empty/],
    ['blank', ' \n', /is empty/],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /not UTF-8/],
    ['a byte order mark', `\ufeff${text}`, /not JSON/],
    ['cut off', text.slice(0, -1), /not JSON/],
    ['two documents', text + text, /not JSON/],
    ['null', 'null', /not an AdmissionReview but null/],
    ['a list', `[${text}]`, /not an AdmissionReview/],
    ['the object itself', JSON.stringify(good), /not an AdmissionReview but "Endpoints"/],
    ['another version', text.replace('k8s.io/v1"', 'k8s.io/v1beta1"'), /"admission.k8s.io\/v1beta1" is not supported/],
    ['no version', without('apiVersion'), /apiVersion .* is not supported/],
    ['no request', '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}', /has no request/],
    ['a list as request', review('[]'), /has no request/],
    ['a request in __proto__', `{"__proto__":${text}}`, /not an AdmissionReview/],
    [
      'a uid in __proto__',
      review('{"__proto__":{"uid":"x"},"operation":"CREATE"}'),
      /uid .* is not a non-empty string/,
    ],
    ['no uid', without('uid'), /uid .* is not a non-empty string/],
    ['an empty uid', review('{"uid":"","operation":"CREATE"}'), /uid "" is not/],
    ['a number as uid', review('{"uid":5,"operation":"CREATE"}'), /uid 5 is not/],
    ['a uid nobody makes', review(`{"uid":"${'u'.repeat(257)}","operation":"CREATE"}`), /uid is longer than 256/],
    ['no operation', without('operation'), /operation .* is not one of/],
    ['another operation', review('{"uid":"u","operation":"create"}'), /operation "create" is not one of/],
    [
      'an inherited operation',
      review('{"uid":"u","operation":"constructor"}'),
      /operation "constructor" is not one of/,
    ],
  ];
  describe.each(entryPoints)('%s', (entryPoint) => {
    test.each(unaddressable)('%s is 400', async (_, body, message) => {
      const answer = await post(entryPoint, body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'BadRequest',
        code: 400,
      });
      expect(answer.body.message).toMatch(message);
    });
  });
});

describe('what is answered', () => {
  test.each(['a', '__proto__', 'quote " backslash \\ null \0 line \n', '🦄 ünï', '\ud800', ' ', 'u'.repeat(256)])(
    'uid %j is echoed',
    async (uid) => {
      for (const entryPoint of entryPoints) expect((await ask(entryPoint, createReview(bad, { uid }))).uid).toBe(uid);
    },
  );

  test('a valid object is allowed, without a warning', async () => {
    const asked = createReview();
    expect(await ask('/validate', asked)).toEqual({
      uid: asked.request.uid,
      allowed: true,
      auditAnnotations: { decision: 'allowed' },
    });
    expect(await ask('/mutate', asked)).toEqual({ uid: asked.request.uid, allowed: true });
  });

  test('a denial tells everything twice: in the causes and in the message', async () => {
    const subsets = [
      { addresses: [{ ip: '127.0.0.1' }, { ip: '010.1.2.3' }], ports: [{ port: 0, protocol: 'tcp' }] },
      {},
    ];
    const { allowed, status, auditAnnotations } = await ask('/validate', createReview({ ...good, subsets }));
    expect({ allowed, code: status?.code, reason: status?.reason }).toEqual({
      allowed: false,
      code: 422,
      reason: 'Invalid',
    });
    expect(status?.details).toMatchObject({ name: 'web', kind: 'Endpoints', group: '' });
    const causes = status?.details?.causes ?? [];
    expect(
      causes.map(({ field, reason, message }) => [field, reason, /\[endpoints-webhook: (.*)\]$/.exec(message)?.[1]]),
    ).toEqual([
      ['subsets[0].addresses[1].ip', 'FieldValueInvalid', 'well-formed'],
      ['subsets[1].addresses', 'FieldValueRequired', 'addresses-required'],
      ['subsets[1].ports', 'FieldValueRequired', 'ports-required'],
      ['subsets[0].addresses[0].ip', 'FieldValueInvalid', 'special-address'],
      ['subsets[0].ports[0].port', 'FieldValueInvalid', 'port-range'],
      ['subsets[0].ports[0].protocol', 'FieldValueNotSupported', 'protocol'],
    ]);
    expect(status?.message).toBe(causes.map(({ field, message }) => `${field}: ${message}`).join('; '));
    for (const [cause, value] of [
      [0, '010.1.2.3'],
      [3, '127.0.0.1'],
      [4, '0'],
      [5, 'tcp'],
    ] as const)
      expect(causes[cause]?.message, 'the value as written, what is wrong: the remedy').toMatch(
        new RegExp(`^"?${value}"? .+: .+`),
      );
    const rules = 'well-formed,addresses-required,ports-required,special-address,port-range,protocol';
    expect(auditAnnotations).toEqual({ decision: 'denied', rules });
  });

  test('a leader lock is refused with the exemption for who wrote it, in the causes and in the message', async () => {
    const username = 'system:serviceaccount:storage:nfs-client-provisioner';
    const lock = { ...good, subsets: undefined };
    const { status } = await ask('/validate', createReview(lock, { namespace: 'storage', userInfo: { username } }));
    const exemption = `exempt: [{users: ["${username}"], namespaces: ["storage"], rules: [subsets-required]}]`;
    expect(status?.details?.causes).toMatchObject([{ message: expect.stringContaining(exemption) }]);
    expect(status?.message).toContain(exemption);
  });

  test('many violations with hostile values stay readable, and short', async () => {
    const evil = `\u001b[31m\u0000\u202e\u2028\u0085\r\n"${'é'.repeat(300)}`;
    const subset = {
      addresses: [{ ip: evil, hostname: evil, nodeName: evil }],
      ports: [{ port: 99999, name: evil, protocol: evil }],
    };
    const answer = await post(
      '/validate',
      createReview({ ...good, metadata: { name: evil }, subsets: Array(40).fill(subset) }, { name: evil }),
    );
    const { message, details } = answer.body.response.status;
    expect(details.causes).toHaveLength(11);
    expect(details.causes[10].message).toMatch(/^and \d+ more .*\[endpoints-webhook\]$/);
    expect(JSON.stringify(details) + message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(Buffer.byteLength(answer.text)).toBeLessThan(16 * 1024);
  });

  test('warnings are few, short and plain, and allow', async () => {
    const addresses = Array.from({ length: 15 }, (_, i) => ({
      ip: `10.0.0.${i}`,
      targetRef: { fieldPath: `spec..\n${'x'.repeat(i * 40)}` },
    }));
    const subsets = [{ ...good.subsets[0], addresses }];
    const {
      allowed,
      status,
      warnings = [],
      auditAnnotations,
    } = await ask('/validate', createReview({ ...good, subsets }));
    expect({ allowed, status, auditAnnotations }).toEqual({
      allowed: true,
      auditAnnotations: { decision: 'allowed', rules: 'target-field-path' },
    });
    expect(warnings).toHaveLength(10);
    expect(warnings[9]).toBe('and 6 more warnings [endpoints-webhook]');
    for (const warning of warnings) {
      expect(warning.length).toBeLessThanOrEqual(256);
      expect(warning).not.toMatch(/[\u0000-\u001f\u007f]/);
    }
  });
});

describe('whose object it is', () => {
  test.each([
    { group: 'apps', resource: 'deployments' },
    { resource: 'pods' },
    { group: 'example.com', resource: 'endpointslices' },
    { resource: 'endpointslices' },
    { resource: '' },
  ])('%o is allowed with a warning', async (resource) => {
    const asked = createReview({ kind: 'Pod' }, { resource });
    const warnings = [expect.stringContaining('does not judge')];
    for (const entryPoint of entryPoints)
      expect(await ask(entryPoint, asked)).toMatchObject({ allowed: true, warnings });
  });

  const unreadable = [undefined, null, 5, {}, [], { resource: 5 }, { ...endpoints, group: 5 }, { resource: null }];
  test.each(unreadable.map((resource) => ({ resource })))('%j is judged', async ({ resource }) => {
    expect(await ask('/validate', createReview(bad, { resource }))).toMatchObject({
      allowed: false,
      status: { code: 422 },
    });
  });

  test.each(['DELETE', 'CONNECT'])('%s is allowed', async (operation) => {
    for (const entryPoint of entryPoints) {
      const answer = await ask(entryPoint, createReview(null, { operation, oldObject: bad }));
      expect([answer.allowed, answer.warnings, answer.patch]).toEqual([true, undefined, undefined]);
    }
  });

  const deleted = { name: 'web', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x/y'] };
  const dormant = { ...bad, metadata: { name: 'web', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } };
  const withMembers = (address: object, port: object) => ({
    ...bad,
    subsets: bad.subsets.map(({ addresses, ports = [] }) => ({
      addresses: addresses.map((one) => ({ ...one, ...address })),
      ports: ports.map((one) => ({ ...one, ...port })),
    })),
  });
  test.each([
    ['without oldObject', bad, undefined, 'denied'],
    ['with null as oldObject', bad, null, 'denied'],
    ['with a list as oldObject', bad, [], 'denied'],
    ['that leaves a bad one unchanged', { ...bad, metadata: { name: 'web', labels: { a: 'b' } } }, bad, 'unchanged'],
    ['that leaves an unreadable one unchanged', { ...good, subsets: 'x' }, { ...good, subsets: 'x' }, 'unchanged'],
    ['that makes one bad', bad, good, 'denied'],
    ['that fixes one', good, bad, 'allowed'],
    [
      'that removes a finalizer',
      { ...bad, metadata: { ...deleted, finalizers: [] } },
      { ...bad, metadata: deleted },
      'unchanged',
    ],
    ['that adds a finalizer', { ...bad, metadata: { ...bad.metadata, finalizers: ['a.b/c'] } }, bad, 'denied'],
    ['that names a pod as target', withMembers({ targetRef: { kind: 'Pod', name: 'web-1' } }, {}), bad, 'denied'],
    ['that changes an application protocol', withMembers({}, { appProtocol: 'h2c' }), bad, 'denied'],
    ['that fills one being deleted', { ...bad, metadata: deleted }, { ...good, metadata: deleted }, 'denied'],
    ['that puts a bad one into service', bad, dormant, 'denied'],
  ])('an UPDATE %s', async (_, object, previous, decision) => {
    const { allowed, auditAnnotations } = await ask('/validate', updateReview(object, previous));
    expect([allowed, auditAnnotations?.decision]).toEqual([decision !== 'denied', decision]);
  });
});

test('a CREATE is never unchanged, whatever its oldObject', async () => {
  expect((await ask('/validate', createReview(bad, { oldObject: bad }))).allowed).toBe(false);
});

describe('the patch', () => {
  const [first, second] = [{ ip: '172.16.106.152' }, { ip: '172.16.79.157' }];
  const example = {
    ...good,
    subsets: [
      { addresses: [first], ports: [{ port: 1 }] },
      { addresses: [second], ports: [{ port: 1 }] },
    ],
  };
  const response = [{ addresses: [first, second], ports: [{ port: 1, protocol: 'TCP' }] }];

  test('makes the example response of “Creating an Endpoints Object” of its example request, and is nothing then', async () => {
    const packed = applied(example, await ask('/mutate', createReview(example)));
    expect(packed).toEqual({ ...example, subsets: response });
    const again = await ask('/mutate', createReview(packed));
    expect([again.patch, again.patchType]).toEqual([undefined, undefined]);
    for (const object of [example, packed]) expect((await ask('/validate', createReview(object))).allowed).toBe(true);
  });

  test('on UPDATE fills in protocols only', async () => {
    const subsets = example.subsets.map((subset) => ({ ...subset, ports: [{ port: 1, protocol: 'TCP' }] }));
    expect(applied(example, await ask('/mutate', updateReview(example, example)))).toEqual({ ...example, subsets });
  });

  const subsets = [null, {}, [null, 5, [], { ports: 5 }], [{ ports: ['x'] }], Array(3).fill({ ports: [[]] })];
  const garbage = [undefined, null, 5, 'x', [], {}, ...subsets.map((list) => ({ ...good, subsets: list }))];
  test.each(garbage.map((object) => ({ object })))('%j is left to the validating side', async (request) => {
    expect(Object.keys(await ask('/mutate', createReview(good, request)))).toEqual(['uid', 'allowed']);
    expect(await ask('/validate', createReview(good, request))).toMatchObject({
      allowed: false,
      status: { code: 422 },
    });
  });

  test('keeps own keys named like inherited ones', async () => {
    const object = JSON.parse('{"subsets":[{"ports":[{"port":80,"__proto__":{"protocol":"UDP"},"constructor":1}]}]}');
    const patched = JSON.stringify(applied(object, await ask('/mutate', createReview(object))));
    expect(patched).toBe(
      '{"subsets":[{"ports":[{"port":80,"__proto__":{"protocol":"UDP"},"constructor":1,"protocol":"TCP"}]}]}',
    );
  });
});

describe('JSON that plays tricks', () => {
  const asks = (object: string) => review(`{"uid":"u","operation":"CREATE","object":${object}}`);
  const head = '"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"web"}';
  const [ok, ko] = [JSON.stringify(good.subsets), JSON.stringify(bad.subsets)];
  test.each([
    ['the last of duplicate keys counts', `{${head},"subsets":${ok},"subsets":${ko}}`, false],
    ['and no other', `{${head},"subsets":${ko},"subsets":${ok}}`, true],
    ['__proto__ gives nothing', `{${head},"__proto__":{"subsets":${ok}}}`, false],
    ['constructor neither', `{${head},"constructor":{"prototype":{"subsets":${ok}}}}`, false],
    ['__proto__ does no harm', `{${head},"__proto__":null,"constructor":null,"toString":1,"subsets":${ok}}`, true],
    ['escaped keys are keys', `{${head},"sub\\u0073ets":${ko}}`, false],
    ['escaped values are values', `{${head},"subsets":${ko.replace('127', '\\u0031\\u0032\\u0037')}}`, false],
    ['a huge port', `{${head},"subsets":${ok.replace('80', '1e400')}}`, false],
    ['a fraction', `{${head},"subsets":${ok.replace('80', '80.5')}}`, false],
    ['a text as port', `{${head},"subsets":${ok.replace('80', '"80"')}}`, false],
    ['kind of another letter', `{${head.replace('E', 'e')},"subsets":${ok}}`, false],
  ])('%s', async (_, object, allowed) => {
    expect((await ask('/validate', asks(object))).allowed).toBe(allowed);
    expect((await ask('/mutate', asks(object))).allowed).toBe(true);
  });
});

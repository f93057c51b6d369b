import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { type VerifyOptions, verify } from '../../src/cli/verify.ts';
import { parsePolicyTexts } from '../../src/manifests/policy-file.ts';
import type { Result } from '../../src/verify/check.ts';
import { refuse } from '../support/fake-request.ts';
import {
  configurationOf,
  type FakeInstallation,
  home,
  type InstallationOptions,
  type InstalledWebhook,
  keyPair,
  podOf,
  startInstallation,
  webhookOf,
} from '../support/installation.ts';

let installation: FakeInstallation;
afterEach(() => installation.close());

async function install(options: InstallationOptions = {}): Promise<FakeInstallation> {
  installation = await startInstallation(options);
  return installation;
}

async function run(options: Partial<VerifyOptions> = {}) {
  const seen = { out: '', err: '' };
  const io = {
    out: (text: string) => (seen.out += text),
    err: (text: string) => (seen.err += text),
    input: async () => '',
  };
  const given: VerifyOptions = {
    ...{ kubeconfig: installation.cluster.kubeconfig, namespace: home, name: 'endpoints-webhook' },
    ...{ trialNamespace: 'default', asGroup: [], dialPods: false, output: 'text', timeout: 20_000, wait: 0 },
    ...options,
  };
  const code = await verify(given, '1.2.3', io, new Date('2026-01-02T03:04:05Z'));
  return { ...seen, code };
}

/** `subject: message` of each check of a result. */
async function checksOf(result: Result, options: Partial<VerifyOptions> = {}) {
  const { out, code } = await run({ ...options, output: 'json' });
  const { checks } = JSON.parse(out) as { checks: { subject: string; result: Result; message: string }[] };
  const found = checks.filter((check) => check.result === result);
  return { code, found: found.map(({ subject, message }) => `${subject}: ${message}`) };
}

describe('a sound installation', () => {
  test('as text', async () => {
    await install();
    const { code, out, err } = await run();
    const short = installation.digest.slice(0, 12);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n\n')[0]?.split('\n')).toEqual([
      'ok           configuration validating/endpoints-webhook-endpoints: is there, and as it was installed',
      'ok           configuration validating/endpoints-webhook-endpointslices: is there, and as it was installed',
      'ok           configuration validating/endpoints-webhook-services: is there, and as it was installed',
      'ok           configuration mutating/endpoints-webhook-endpoints: is there, and as it was installed',
      `ok           policy: is valid, ${short}`,
      'ok           Service endpoints-webhook: leads to the pods',
      'ok           Deployment endpoints-webhook: 2 of 2 pods are ready',
      `ok           pod a: is ready, with policy ${short}`,
      `ok           pod b: is ready, with policy ${short}`,
      'ok           ValidatingAdmissionPolicy endpoints-webhook-endpoints-deny: is there, bound, and of the policy of the installation',
      'ok           ValidatingAdmissionPolicy endpoints-webhook-own-account: is there, and bound',
      'ok           forbidden Endpoints in namespace default: address 64:ff9b::a9fe:a9fe is refused by the webhook (rule special-address)',
      'ok           good Endpoints in namespace default: address 203.0.113.10 is taken',
      'ok           forbidden EndpointSlice in namespace default: address 64:ff9b::a9fe:a9fe is refused by the webhook (rule special-address)',
      'ok           good EndpointSlice in namespace default: address 203.0.113.10 is taken',
      'ok           forbidden Service in namespace default: externalName 169.254.169.254 is refused by the webhook (rule service-external-name)',
      'ok           good Service in namespace default: externalName www.example.com is taken',
    ]);
    expect(out).toMatch(/\n\n17 checks: 17 ok\n$/);
  });

  test('as JSON', async () => {
    await install();
    const { code, out } = await run({ output: 'json' });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ tool: '1.2.3', date: '2026-01-02T03:04:05.000Z', result: 'ok', policy: installation.digest },
      ...{ installation: { namespace: home, name: 'endpoints-webhook', version: '0.1.0' }, exempt: [], unread: [] },
      cluster: { host: new URL(installation.cluster.url).host, version: 'v1.37.2' },
    });
  });

  test('nothing is stored: each write is a dry run, of a name that nothing has', async () => {
    await install();
    await run();
    expect(installation.writes).toHaveLength(6);
    for (const { path, object } of installation.writes) {
      expect(path).toMatch(/\/namespaces\/default\/(?:endpoints|endpointslices|services)\?dryRun=All$/);
      expect(object).toMatchObject({
        metadata: { name: expect.stringMatching(/^endpoints-webhook-verify-[0-9a-f]{8}$/) },
      });
    }
    const methods = installation.cluster.requests.map(({ method }) => method);
    expect([...new Set(methods)].sort()).toEqual(['GET', 'POST']);
  });

  test('Services are tried only where they are guarded', async () => {
    await install({ services: false });
    expect((await run()).code).toBe(0);
    expect(installation.writes.filter(({ path }) => path.includes('/services'))).toEqual([]);
  });
});

describe('configurations', () => {
  const change = (description: string, fields: (webhook: InstalledWebhook) => Readonly<Record<string, unknown>>) =>
    [description, fields] as const;

  test.each([
    change('failurePolicy', (webhook) => ({ ...webhook, failurePolicy: 'Ignore' })),
    change('timeoutSeconds', (webhook) => ({ ...webhook, timeoutSeconds: 30 })),
    change('matchPolicy', (webhook) => ({ ...webhook, matchPolicy: 'Exact' })),
    change('rules', (webhook) => ({ ...webhook, rules: [] })),
    change('objectSelector', (webhook) => ({ ...webhook, objectSelector: { matchLabels: { a: 'b' } } })),
    change('namespaceSelector', ({ namespaceSelector, ...webhook }) => ({
      ...webhook,
      namespaceSelector: {
        matchExpressions: [
          ...namespaceSelector.matchExpressions,
          { key: 'control-plane', operator: 'DoesNotExist' }, // as the admissions enforcer of AKS
        ],
      },
    })),
    change('matchConditions', ({ matchConditions, ...webhook }) => ({
      ...webhook,
      matchConditions: [...matchConditions, { name: 'nobody', expression: 'false' }],
    })),
    change('clientConfig', ({ clientConfig, ...webhook }) => ({
      ...webhook,
      clientConfig: { ...clientConfig, service: { name: 'other', namespace: home } },
    })),
    change('caBundle', ({ clientConfig: { caBundle: _, ...rest }, ...webhook }) => ({
      ...webhook,
      clientConfig: rest,
    })),
  ])('%s changed', async (field, to) => {
    await install();
    installation.put('validating', configurationOf('endpoints', 'validate', to));
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: [
        `configuration validating/endpoints-webhook-endpoints: changed: ${field} of endpoints.validate.endpoints-webhook.io (written by helm, kubectl-edit)`,
      ],
    });
  });

  test('deleted', async () => {
    await install();
    installation.remove('validating', '/endpoints-webhook-endpointslices');
    installation.remove('mutating', '/endpoints-webhook-endpoints');
    installation.answerWrite = (resource) => (resource === 'endpointslices' ? 'taken' : undefined);
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: [
        'configuration validating/endpoints-webhook-endpointslices: does not exist: nothing is sent to the webhook by it',
        'configuration mutating/endpoints-webhook-endpoints: does not exist: nothing is sent to the webhook by it',
        'forbidden EndpointSlice in namespace default: address 64:ff9b::a9fe:a9fe is taken: nothing refuses it',
      ],
    });
  });

  test('changed together with the annotation that says how it was rendered', async () => {
    await install();
    const changed = { ...webhookOf('endpoints'), failurePolicy: 'Ignore' };
    const { metadata, webhooks } = configurationOf('endpoints', 'validate', (one) => ({
      ...one,
      failurePolicy: 'Ignore',
    }));
    const annotations = { 'endpoints-webhook.io/rendered': JSON.stringify([changed]) };
    installation.put('validating', { metadata: { ...metadata, annotations }, webhooks });
    const { code, found } = await checksOf('failed');
    expect({ code, found }).toEqual({
      code: 1,
      found: [expect.stringContaining('changed: the annotation endpoints-webhook.io/rendered')],
    });
  });

  test('a caBundle of another CA than the others', async () => {
    await install();
    const other = Buffer.from('-----BEGIN CERTIFICATE-----\nother').toString('base64');
    const replaced = ({ clientConfig, ...webhook }: InstalledWebhook) => ({
      ...webhook,
      clientConfig: { ...clientConfig, caBundle: other },
    });
    installation.put('validating', configurationOf('endpoints', 'validate', replaced));
    const { found } = await checksOf('failed');
    expect(found).toEqual([expect.stringMatching(/^caBundle of validating\/endpoints-webhook-endpoints: differs/)]);
  });
});

describe('Service and pods', () => {
  test.each([
    ['a selector changed', { selector: { app: 'other' }, ports: [{ port: 443 }] }, /selector was changed/],
    ['the port gone', { ports: [{ port: 8443 }] }, /has no port 443/],
  ])('%s', async (_, spec, message) => {
    await install();
    const selector = { 'app.kubernetes.io/instance': home, 'app.kubernetes.io/component': 'webhook' };
    installation.put('services', { metadata: { name: home, namespace: home }, spec: { selector, ...spec } });
    const { code, found } = await checksOf('failed');
    expect({ code, found }).toEqual({ code: 1, found: [expect.stringMatching(message)] });
  });

  test('no pods', async () => {
    await install();
    for (const pod of ['a', 'b']) installation.remove('pods', `${home}/${pod}`);
    installation.put('deployments', { metadata: { name: home, namespace: home }, spec: { replicas: 0 } });
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: ['Deployment endpoints-webhook: 0 of 0 pods are ready: no pod answers'],
    });
  });

  test('one that is not ready says why', async () => {
    await install();
    installation.put('pods', podOf('b', false));
    installation.podText = (pod, path) =>
      pod === 'b' && path === '/readyz' ? '[-]cluster: not read yet\nnot ready\n' : healthy(path);
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: ['Deployment endpoints-webhook: 1 of 2 pods are ready', 'pod b: is not ready: [-]cluster: not read yet'],
    });
  });

  test('one with another policy', async () => {
    await install();
    installation.podText = (pod, path) => healthy(path, pod === 'b' ? 'f'.repeat(64) : installation.digest);
    const { code, found } = await checksOf('failed');
    expect({ code, found }).toEqual({
      code: 1,
      found: [
        `pod b: decides by policy ffffffffffff, and that of the installation is ${installation.digest.slice(0, 12)}`,
      ],
    });
  });

  test('one of another version', async () => {
    await install();
    installation.podText = (pod, path) => healthy(path).replace('0.1.0', pod === 'b' ? '0.0.9' : '0.1.0');
    expect((await checksOf('failed')).found).toEqual(['pods: run different versions: 0.1.0, 0.0.9']);
  });

  test('one whose certificate the caBundle does not trust, as it says itself', async () => {
    await install();
    const line = 'endpoints_webhook_ca_bundle_in_sync{configuration="validating/endpoints-webhook-endpoints"} 0\n';
    installation.podText = (pod, path) => `${healthy(path)}${pod === 'a' && path === '/metrics' ? line : ''}`;
    const { found } = await checksOf('failed');
    expect(found).toEqual([
      expect.stringMatching(/^pod a: its certificate is not trusted by the caBundle of validating/),
    ]);
  });

  test('one that goes on with its last good policy is a warning', async () => {
    await install();
    const note = `[+]policy ok (${installation.digest}, not the one in the files: bad)\nok\n`;
    installation.podText = (_, path) => (path === '/metrics' ? healthy(path) : note);
    const { code, found } = await checksOf('warning');
    expect({ code, found }).toEqual({
      code: 0,
      found: [expect.stringContaining('not the one in the files'), expect.anything()],
    });
  });

  function healthy(path: string, hash = installation.digest): string {
    if (path !== '/metrics') return '[+]policy ok\nok\n';
    return `endpoints_webhook_build_info{version="0.1.0"} 1\nendpoints_webhook_policy_info{hash="${hash}"} 1\n`;
  }
});

describe('ValidatingAdmissionPolicies', () => {
  const policy = 'endpoints-webhook-endpoints-deny';

  test.each([
    [
      'of another policy',
      () =>
        put('policies', { metadata: { name: policy, annotations: { 'endpoints-webhook.io/policy-digest': 'abc' } } }),
      /was printed from policy abc/,
    ],
    ['deleted', () => installation.remove('policies', `/${policy}`), /does not exist/],
    ['not bound', () => installation.remove('bindings', `/${policy}`), /has no binding/],
    [
      'bound to warn',
      () => put('bindings', { metadata: { name: policy }, spec: { policyName: policy, validationActions: ['Warn'] } }),
      /does not deny, but says Warn/,
    ],
    [
      'bound for some namespaces only',
      () =>
        put('bindings', {
          metadata: { name: policy },
          spec: {
            ...{ policyName: policy, validationActions: ['Deny'] },
            matchResources: { namespaceSelector: { matchLabels: { team: 'a' } } },
          },
        }),
      /its binding has matchResources/,
    ],
    [
      'that lets pass what it cannot judge',
      () =>
        put('policies', {
          metadata: { name: policy, annotations: { 'endpoints-webhook.io/policy-digest': installation.digest } },
          spec: { failurePolicy: 'Ignore' },
        }),
      /its failurePolicy is Ignore/,
    ],
    [
      'bound to another',
      () => put('bindings', { metadata: { name: policy }, spec: { policyName: 'x' } }),
      /its binding is for x/,
    ],
  ])('%s', async (_, sabotage, message) => {
    await install();
    sabotage();
    const { code, found } = await checksOf('failed');
    expect({ code, found }).toEqual({ code: 1, found: [expect.stringMatching(message)] });
  });

  const put: FakeInstallation['put'] = (...words) => installation.put(...words);
});

describe('writes', () => {
  const failing = (cause: string) => ({
    code: 500,
    message: `Internal error occurred: failed calling webhook "endpoints.validate.endpoints-webhook.io": ${cause}`,
  });

  test.each([
    [
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      /the caBundle of the configuration/,
    ],
    ['no endpoints available for service "endpoints-webhook"', /no ready pod is behind the Service/],
    ['dial tcp 10.96.0.7:443: connect: connection refused', /nothing listens behind the Service/],
    ['context deadline exceeded', /do not reach the pods/],
  ])('the webhook is called in vain: %s', async (cause, remedy) => {
    await install({ services: false });
    installation.answerWrite = (resource) => (resource === 'endpoints' ? failing(cause) : undefined);
    const { code, out } = await run();
    expect(code).toBe(1);
    expect(out).toContain(`failed       forbidden Endpoints in namespace default: ${failing(cause).message}\n`);
    expect(out).toContain('failed       good Endpoints in namespace default: ');
    expect(out).toMatch(remedy);
  });

  test('a forbidden write that somebody else refuses is not refused by us', async () => {
    await install({ services: false });
    const quota = { code: 403, message: 'endpoints "x" is forbidden: exceeded quota: none' };
    installation.answerWrite = (resource) => (resource === 'endpoints' ? quota : undefined);
    const { code, found } = await checksOf('not checked');
    expect({ code, found }).toEqual({
      code: 2,
      found: [
        `forbidden Endpoints in namespace default: address 64:ff9b::a9fe:a9fe is refused by somebody else: ${quota.message}`,
        `good Endpoints in namespace default: address 203.0.113.10 is refused by somebody else: ${quota.message}`,
      ],
    });
  });

  test('a ValidatingAdmissionPolicy of ours may come first', async () => {
    await install();
    const message =
      "endpoints \"x\" is forbidden: ValidatingAdmissionPolicy 'a' with binding 'a' denied request: no [endpoints-webhook: special-address]";
    installation.answerWrite = (resource, isForbidden) =>
      resource === 'endpoints' && isForbidden ? { code: 422, message } : undefined;
    const { code, found } = await checksOf('ok');
    expect(code).toBe(0);
    expect(found.join('\n')).toContain('is refused by a ValidatingAdmissionPolicy, which comes before the webhook');
    installation.restricted = true;
    installation.answerWrite = (resource, isForbidden) => {
      if (resource !== 'endpoints' || !isForbidden) return undefined;
      const isExemptible = JSON.stringify(installation.writes.at(-1)).includes('100.100.100.200');
      return isExemptible ? 'taken' : { code: 422, message };
    };
    expect((await run()).code).toBe(0); // an administrator is exempt from some rules, and refused by the policy all the same
  });

  test('a namespace that only ValidatingAdmissionPolicies guard', async () => {
    await install();
    const name = 'left-to-policies';
    installation.put('namespaces', { metadata: { name, labels: { 'kubernetes.io/metadata.name': 'kube-system' } } });
    const message =
      "x is forbidden: ValidatingAdmissionPolicy 'a' with binding 'a' denied request: no [endpoints-webhook: special-address]";
    installation.answerWrite = (_, isForbidden) => (isForbidden ? { code: 422, message } : undefined);
    expect((await run({ trialNamespace: name })).code).toBe(0);
    installation.answerWrite = () => 'taken';
    const { code, found } = await checksOf('failed', { trialNamespace: name });
    expect({ code, count: found.length }).toEqual({ code: 1, count: 3 });
  });

  test('a good write that we refuse', async () => {
    await install({ services: false });
    const message =
      'admission webhook "endpoints.validate.endpoints-webhook.io" denied the request: no [endpoints-webhook: ports-required]';
    installation.answerWrite = (resource) => (resource === 'endpoints' ? { code: 422, message } : undefined);
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: [`good Endpoints in namespace default: address 203.0.113.10 is refused: ${message}`],
    });
  });

  test('without the right to write there: what to grant', async () => {
    await install({ services: false });
    const message =
      'endpoints is forbidden: User "eve" cannot create resource "endpoints" in API group "" in the namespace "default"';
    installation.answerWrite = (resource) => (resource === 'endpoints' ? { code: 403, message } : undefined);
    const { code, out } = await run();
    expect(code).toBe(2);
    expect(out).toContain(`not checked  forbidden Endpoints in namespace default: ${message}\n`);
    expect(out).toContain('grant create of endpoints in namespace default');
  });

  test('a caller whom RBAC exempts is told so', async () => {
    await install();
    installation.restricted = true;
    installation.answerWrite = (resource) => (resource === 'services' ? 'taken' : undefined);
    expect(await checksOf('not checked')).toEqual({
      code: 2,
      found: ['forbidden Service in namespace default: admin is exempt: they may create services/restricted there'],
    });
  });

  test('RBAC exempts nobody from a rule that it cannot exempt from', async () => {
    await install();
    installation.restricted = true;
    installation.answerWrite = (resource) => (resource === 'endpoints' ? 'taken' : undefined);
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: ['forbidden Endpoints in namespace default: address 64:ff9b::a9fe:a9fe is taken: nothing refuses it'],
    });
  });

  test('whom the policy exempts is told so, and what it does not exempt from is tried', async () => {
    await install({ policy: { exempt: [{ groups: ['operators'], namespaces: ['default'] }] } });
    installation.groups = ['operators'];
    expect(await checksOf('not checked')).toEqual({
      code: 2,
      found: [
        'forbidden Endpoints in namespace default: admin is exempt there by the policy (exempt)',
        'forbidden Service in namespace default: admin is exempt there by the policy (exempt)',
      ],
    });
    const { found } = await checksOf('ok');
    expect(found.join('\n')).toContain('name 300.1.2.3 is refused by the webhook (rule well-formed)');
    installation.groups = [];
    expect((await run()).code).toBe(0);
  });

  test('as somebody else, and only the writes', async () => {
    await install();
    expect((await run({ as: 'tenant', asGroup: ['tenants', 'more'] })).code).toBe(0);
    expect(new Set(installation.writes.map(({ as }) => as))).toEqual(new Set(['tenant']));
    const { requests } = installation.cluster;
    const groups = requests
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers['impersonate-group']);
    expect(new Set(groups)).toEqual(new Set(['tenants, more']));
    expect(requests.filter(({ method, headers }) => method === 'GET' && headers['impersonate-user'])).toEqual([]);
  });

  test('as somebody whom the API server does not take them for', async () => {
    await install();
    installation.cluster.fault = ({ collection }, response) =>
      collection.endsWith('/selfsubjectreviews') && refuse(response, 403, { message: 'users "tenant" is forbidden' });
    const { code, found } = await checksOf('not checked', { as: 'tenant' });
    expect(code).toBe(2);
    expect(found).toEqual(['writes: the API server does not try them as tenant: users "tenant" is forbidden']);
    expect(installation.writes).toEqual([]);
  });

  test.each([
    ['a namespace that does not exist', 'nowhere', /it does not exist/],
    ['one that is exempt by how it begins', 'openshift-dns', /exempt by how its name begins/],
  ])('%s', async (_, trialNamespace, message) => {
    await install();
    installation.put('namespaces', { metadata: { name: 'openshift-dns' } });
    const { code, found } = await checksOf('not checked', { trialNamespace });
    expect({ code, found }).toEqual({ code: 2, found: [expect.stringMatching(message)] });
    expect(installation.writes).toEqual([]);
  });

  test('an exempt namespace, and an exempt user', async () => {
    await install({ more: { admissionPolicies: {} } });
    installation.put('namespaces', { metadata: { name: home } });
    const exempt = await checksOf('not checked', { trialNamespace: home });
    expect(exempt.found).toEqual([expect.stringMatching(/it is exempt by the namespaceSelector/)]);
    const user = await checksOf('not checked', { as: 'system:apiserver' });
    expect(user.found).toEqual([expect.stringMatching(/system:apiserver is exempt by name/)]);
  });

  test('a policy in audit mode refuses nothing, which is a warning', async () => {
    await install({ policy: { mode: 'audit' } });
    const { code, found } = await checksOf('warning');
    expect({ code, count: found.length }).toEqual({ code: 0, count: 3 });
    expect(found[0]).toContain('its mode is audit');
  });

  test('what is tried follows the policy', async () => {
    const off = { enforcement: 'none' };
    const rules = {
      'special-address': off,
      'forbidden-network': { networks: ['203.0.113.0/24'] },
      'service-external-name': { enforcement: 'warn' },
    };
    await install({ policy: { rules } });
    const { code, found } = await checksOf('ok');
    const text = found.join('\n');
    expect(code).toBe(0);
    expect(text).toContain(
      'forbidden Endpoints in namespace default: no ports is refused by the webhook (rule ports-required)',
    );
    expect(text).toContain(
      'forbidden EndpointSlice in namespace default: name 300.1.2.3 is refused by the webhook (rule well-formed)',
    );
    expect(text).toContain('good Endpoints in namespace default: address 198.51.100.10 is taken');
  });
});

describe('what cannot be asked', () => {
  test('no installation of that name', async () => {
    await install();
    const { code, out } = await run({ name: 'other' });
    expect({ code, out }).toEqual({
      code: 2,
      out: expect.stringContaining(
        'not checked  installation other in namespace endpoints-webhook: there is no ConfigMap other-installation',
      ),
    });
  });

  test.each([
    ['no JSON', '{', /is no JSON/],
    ['another', '{"version":"1"}', /installation\.json: deployment: /],
    ['no key', undefined, /has no key installation\.json/],
  ])('an installation of which nothing can be read: %s', async (_, text, message) => {
    await install();
    installation.configMap('installation', text === undefined ? {} : { 'installation.json': text });
    const { code, found } = await checksOf('not checked');
    expect({ code, found }).toEqual({ code: 2, found: [expect.stringMatching(message)] });
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['a ConfigMap', { policies: [{ configMap: '../secrets/ca', key: 'tls.key' }] }, /policies\.0\.configMap: /],
    ['a Deployment', { deployment: '..' }, /deployment: is no name of an object/],
    ['a policy', { admissionPolicies: { 'a/../b': '' } }, /admissionPolicies\.a\/\.\.\/b: /],
    ['a configuration', { configurations: { 'validating/..': '' } }, /configurations\.validating\/\.\.: /],
  ])('names that would lead elsewhere are not asked for: %s', async (_, more, message) => {
    await install({ more });
    const { code, found } = await checksOf('not checked');
    expect({ code, found }).toEqual({ code: 2, found: [expect.stringMatching(message)] });
    expect(installation.cluster.requests.filter(({ url }) => /secrets|\.\.|\/b$/.test(url))).toEqual([]);
  });

  test('no right to read anything: each is named, with the right', async () => {
    await install();
    installation.cluster.fault = ({ method, collection, name }, response) =>
      method === 'GET' &&
      collection !== '/version' &&
      name !== 'endpoints-webhook-installation' &&
      name !== 'endpoints-webhook-policy' &&
      refuse(response, 403, { message: `User "eve" cannot get ${collection}` });
    const { code, out } = await run();
    expect(code).toBe(2);
    for (const right of [
      'get of validatingwebhookconfigurations.admissionregistration.k8s.io',
      'list of pods in namespace',
      'get of services in',
    ])
      expect(out).toContain(`give yourself ${right}`);
    expect(out).toContain('Who is exempt was not read, or not all: clusterroles: ');
  });

  test('a policy that somebody has changed since is named, whatever the pods make of it', async () => {
    await install({ more: { admissionPolicies: {} } });
    const policy = { mode: 'audit', apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' };
    const text = JSON.stringify(policy);
    installation.configMap('policy', { 'policy.yaml': text });
    const { digest } = parsePolicyTexts([{ file: 'policy', text }]);
    const { podText } = installation;
    installation.podText = (...asked) => podText(...asked).replace(installation.digest, digest);
    installation.answerWrite = () => 'taken';
    expect(await checksOf('failed')).toEqual({
      code: 1,
      found: ['policy in ConfigMap endpoints-webhook-policy: is not as it was installed'],
    });
  });

  test('a policy that is not valid is named; what it refuses is not known', async () => {
    await install();
    installation.configMap('policy', { 'policy.yaml': 'mode: loud' });
    const { code, out } = await run();
    expect(code).toBe(1);
    expect(out).toMatch(/failed +policy: is not valid: ConfigMap endpoints-webhook-policy, policy\.yaml/);
    expect(out).toContain('not checked  writes: the policy is not known');
  });

  test('an API server that hangs after the first answers', async () => {
    await install();
    installation.cluster.fault = ({ collection }) => collection.includes('/validatingwebhookconfigurations');
    const began = performance.now();
    const { code, out } = await run({ timeout: 1000 });
    expect(code).toBe(2);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(out).toContain('the time of --timeout is over');
  });

  test.each([
    ['text', 'hello'],
    ['a list', '[1]'],
    ['deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['null members', JSON.stringify({ metadata: null, webhooks: [null, 1, { name: {}, clientConfig: [] }] })],
    ['large', JSON.stringify({ metadata: { name: 'x'.repeat(17 * 1024 * 1024) } })],
  ])('answers that are no objects of Kubernetes: %s', { timeout: 120_000 }, async (_, text) => {
    await install();
    installation.cluster.fault = ({ method, collection, name }, response) => {
      if (method !== 'GET' || collection === '/version' || name?.endsWith('-installation')) return false;
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(text);
      return true;
    };
    const { code } = await run();
    expect([1, 2]).toContain(code);
  });

  test('an unreachable API server is a ClusterError; --as-group alone a usage error', async () => {
    await install();
    await expect(run({ asGroup: ['x'] })).rejects.toThrow('--as-group needs --as');
    await installation.cluster.stop();
    await expect(run()).rejects.toThrow(/cannot reach the API server/);
    await installation.cluster.start();
  });
});

test('it looks again until --wait is over', async () => {
  await install();
  let asked = 0;
  installation.answerWrite = (resource, isForbidden) =>
    resource === 'endpoints' && isForbidden && asked++ === 0 ? 'taken' : undefined;
  expect((await run({ wait: 60_000 })).code).toBe(0);
  expect(asked).toBe(2);
});

test('who is exempt is told, and is no check', async () => {
  await install();
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const rules = [{ apiGroups: [''], resources: ['endpoints/restricted'], verbs: ['create'] }];
  installation.cluster.put(`${rbac}/clusterroles`, { metadata: { name: 'may' }, rules });
  const roleRef = { kind: 'ClusterRole', name: 'may' };
  const subjects = [{ kind: 'Group', name: 'admins' }];
  installation.cluster.put(`${rbac}/clusterrolebindings`, { metadata: { name: 'some' }, roleRef, subjects });
  const { code, out } = await run();
  expect(code).toBe(0);
  expect(out).toContain(
    'ClusterRole may: endpoints/restricted: create\n  Group admins in all namespaces by ClusterRoleBinding some\n',
  );
});

describe('pods at their addresses', () => {
  const servers: (http.Server | https.Server)[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function listen(server: http.Server | https.Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return portOf(server);
  }

  function portOf(server: http.Server | https.Server): number {
    return (server.address() as AddressInfo).port;
  }

  /** Pods that serve this certificate; their operations port says the policy. */
  async function serve(pair: { certificate: string; privateKey: string }, servingName = 'localhost', more = {}) {
    const operations = await listen(
      http.createServer(({ url = '' }, response) => {
        response.end(installation.podText('a', url.split('?')[0] ?? ''));
      }),
    );
    const secure = https.createServer({ cert: pair.certificate, key: pair.privateKey });
    const ports = { https: await listen(secure.on('tlsClientError', () => {})), operations };
    await install({ more: { ports, servingName, ...more } });
  }

  test('are asked there, and serve what the caBundle trusts', async () => {
    await serve(keyPair);
    const { code, found } = await checksOf('ok', { dialPods: true });
    expect(code).toBe(0);
    expect(found.filter((text) => text.startsWith('certificate'))).toEqual(
      ['validating/endpoints-webhook-endpoints', 'validating/endpoints-webhook-endpointslices']
        .concat(['validating/endpoints-webhook-services', 'mutating/endpoints-webhook-endpoints'])
        .map((name) => `certificate by ${name}: each ready pod serves one for localhost that it trusts`),
    );
    expect(installation.cluster.requests.filter(({ url }) => url.includes('/proxy'))).toEqual([]);
  });

  test('with the certificate of another CA', async () => {
    await serve(await issueSelfSigned(new Date()));
    const { code, found } = await checksOf('failed', { dialPods: true });
    expect({ code, count: found.length }).toEqual({ code: 1, count: 8 });
    expect(found[0]).toMatch(/^certificate by validating\/endpoints-webhook-endpoints: pod a: self-signed certificate/);
  });

  test('with a certificate for another name', async () => {
    await serve(keyPair, 'endpoints-webhook.guard.svc');
    const { code, found } = await checksOf('failed', { dialPods: true });
    expect(code).toBe(1);
    expect(found[0]).toMatch(
      /pod a: Hostname\/IP does not match certificate's altnames: Host: endpoints-webhook\.guard\.svc/,
    );
  });

  test('that cannot be reached there', async () => {
    await install({ more: { ports: { https: 1, operations: 1 } } });
    const { code, found } = await checksOf('not checked', { dialPods: true });
    expect(code).toBe(2);
    expect(found[0]).toMatch(/^pod a: is ready by its status, but was not read: 127\.0\.0\.1:1: /);
    expect(found.at(-1)).toMatch(/^certificate by mutating\/endpoints-webhook-endpoints: pod b at 127\.0\.0\.1: /);
  });

  test.each(['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'with a caBundle that nobody can read: %s',
    async (text) => {
      await serve(keyPair);
      const replaced = ({ clientConfig, ...webhook }: InstalledWebhook) => ({
        ...webhook,
        clientConfig: { ...clientConfig, caBundle: Buffer.from(text).toString('base64') },
      });
      installation.put('validating', configurationOf('endpoints', 'validate', replaced));
      const { code, found } = await checksOf('failed', { dialPods: true });
      const about = found.filter((one) => one.startsWith('certificate by validating/endpoints-webhook-endpoints: pod'));
      expect({ code, count: about.length }).toEqual({ code: 1, count: 2 });
    },
  );

  test('behind a URL: their certificates are not looked at', async () => {
    await serve(await issueSelfSigned(new Date()), 'localhost', { service: undefined });
    expect((await run({ dialPods: true })).code).toBe(0);
  });

  test('whose answer is larger than it may be', async () => {
    await serve(keyPair);
    installation.podText = () => 'x'.repeat(9 * 1024 * 1024);
    const { code, found } = await checksOf('not checked', { dialPods: true });
    expect({ code, found }).toEqual({ code: 2, found: Array(2).fill(expect.stringContaining('is larger than')) });
  });
});

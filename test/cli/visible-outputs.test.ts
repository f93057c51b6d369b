import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { createProgram } from '../../src/cli/program.ts';
import { endpoints, node, paths, type StandIn, service, serviceCidr, slice, startCluster } from '../support/cluster.ts';
import { runCommand } from '../support/command.ts';
import {
  expectHarmless,
  expectVisible,
  hostile,
  hostileArgument,
  hostileName,
  hostileNames,
  hostileText,
  quotedForYaml,
} from '../support/hostile.ts';
import { configurationOf, type FakeInstallation, podOf, startInstallation } from '../support/installation.ts';

// Each output of each command, with hostile text in everything that it reads.

const folder = mkdtempSync(join(tmpdir(), 'visible-outputs-'));
let cluster: StandIn;
beforeAll(async () => {
  cluster = await startCluster();
});
beforeEach(() => {
  cluster.interfere = () => undefined;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cluster.close();
});

interface Named {
  readonly file: string;
}

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** What a command prints, none of which may be anything but text. */
async function printed(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const result = await runCommand(words, { cwd: folder, env });
  expectHarmless(result.out);
  expectHarmless(result.err);
  return result;
}

const quoted = quotedForYaml(hostileText);
const policyHead = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';
const exempting = write(
  'exempting.yaml',
  `${policyHead}exempt: [{users: [${quotedForYaml(hostileName)}, "a*b\\u202e*c"], groups: ["*\\U000E0041"], namespaces: ["\\u3164*"]}]\n`,
);

describe('check', () => {
  const nested = hostileNames.slice(0, 3).join('/');
  mkdirSync(join(folder, nested), { recursive: true });
  const key = quoted;
  const object = (more: string) =>
    `apiVersion: v1\nkind: Endpoints\nmetadata: {name: ${quoted}, namespace: ${quoted}, labels: {${key}: ${quoted}}, annotations: {${key}: 1}}\n${more}\n`;
  const documents = [
    object(
      `subsets: [{addresses: [{ip: ${quoted}, hostname: ${quoted}, nodeName: ${quoted}, ${key}: 1}], ports: [{name: ${quoted}, protocol: ${quoted}, port: ${quoted}}]}]`,
    ),
    object(`${key}: 1`),
    `${object('').replace('Endpoints', 'EndpointSlice').replace('v1', 'discovery.k8s.io/v1')}addressType: ${quoted}\nendpoints: [{addresses: [${quoted}], zone: ${quoted}, conditions: {ready: ${quoted}}}]\n`,
    `apiVersion: ${quoted}\nkind: ${quoted}\n`,
    `kind: Template\napiVersion: template.openshift.io/v1\nobjects: [{kind: Endpoints, apiVersion: v1, metadata: {name: "\${\\u202e}"}}]\n`,
    `a: *\u202e\u200bx\n`,
    `a: {${key}: 1, ${key}: 2}\n`,
    'a: "\u2028\u202e\n',
    'a: [\u202e\u0085\u3164\n',
    `%${hostileText.split('\n')[0]?.replace(/[\0-\u0008\u000b-\u001f\u007f]/g, '')}\n---\na: !!\u202e b\n`,
  ];
  for (const [i, text] of documents.entries()) write(`${nested}/${i}.yaml`, text);
  write(`${nested}/bad.json`, `{"a": ${quoted} ${quoted}}`);
  write(`${nested}/${hostileNames[3]}.yaml`, documents[0] ?? '');

  test.each(['text', 'json', 'sarif'])('%s', async (output) => {
    const { code, out } = await printed(['check', hostileNames[0] ?? '', '--output', output]);
    expect(code).toBe(2);
    if (output === 'text') expect(out).toContain('\\u202e');
    else if (output === 'sarif') expect(JSON.stringify(JSON.parse(out))).toContain('%E2%80%AE');
    else expect(JSON.parse(out).errors.map(({ file }: Named) => file)).toContain(`${nested}/5.yaml`);
  });
});

describe('policies', () => {
  const listed = `[${quoted}]`;
  test.each([
    ['an unknown key', `${quoted}: 1`],
    ['a mode', `mode: ${quoted}`],
    ['an unknown rule', `rules: {${quoted}: {}}`],
    ['networks', `rules: {forbidden-network: {networks: ${listed}}}`],
    ['ports', `rules: {forbidden-port: {ports: ${listed}, presets: ${listed}}}`],
    ['settings', `rules: {ports-required: {enforcement: ${quoted}, ${quoted}: 1}}`],
    ['namespaces', `namespaces: [{match: ${listed}, rules: {${quoted}: {}}}]`],
    ['exempt rules', `exempt: [{users: ${listed}, rules: ${listed}}]`],
    ['a duration', `authorization: {cacheTTL: ${quoted}}`],
    ['no YAML', 'mode: "\u202e'],
    ['an alias', 'mode: *\u202e'],
    ['a key twice', `mode: enforce\nmode: enforce\n${quoted}: 1\n${quoted}: 2`],
  ])('%s', async (what, text) => {
    const name = write(`${hostileNames[0]}${what}`, `${policyHead}${text}\n`);
    const { code, err } = await printed(['check', '--policy', name, '-']);
    expect(code).toBe(2);
    for (const line of err.trimEnd().split('\n')) expect(line).toMatch(/^(?:endpoints-webhook: )?xx/);
  });
});

describe('manifests', () => {
  test('the policy is the same in CEL', async () => {
    const { code, out } = await printed(['manifests', 'validating-admission-policy', '--policy', exempting]);
    const expressions = JSON.stringify(parseAllDocuments(out).map((document) => document.toJS()));
    const literals = [...expressions.matchAll(/\\"((?:[^"\\]|\\\\\\\\|\\\\\\"|\\\\[^\\])*?)\\"/g)].map(
      ([, text = '']) =>
        JSON.parse(
          `"${JSON.parse(`"${text}"`).replace(/\\U(.{8})/g, (_: string, hex: string) => JSON.stringify(String.fromCodePoint(Number.parseInt(hex, 16))).slice(1, -1))}"`,
        ),
    );
    expect({ code, literals }).toEqual({
      code: 0,
      literals: expect.arrayContaining([hostileName, '\u{e0041}', '\u3164']),
    });
  });
});

describe('policy suggest', () => {
  test.each(['ownership', 'parity'])('%s', async (profile) => {
    cluster.lists.set(paths.serviceCidrs, [serviceCidr(hostile, '10.96.0.0/12', hostile)]);
    cluster.lists.set(paths.nodes, [node(hostile, '192.0.2.1', [hostile])]);
    cluster.lists.set('/apis/crd.projectcalico.org/v1/ippools', [
      { metadata: { name: hostile }, spec: { cidr: '10.9.0.0/16' } },
    ]);
    cluster.interfere = (path) => {
      if (path === '/version') return { status: 200, body: { gitVersion: hostile } };
      return path.includes('configmaps') ? { status: 403, body: { kind: 'Status', message: hostile } } : undefined;
    };
    const flags = ['--kubeconfig', write('kubeconfig', cluster.kubeconfig()), '--profile', profile];
    const { code, out, err } = await printed(['policy', 'suggest', ...flags]);
    expect({ code, told: err.includes('could not read ConfigMap') }).toEqual({ code: 0, told: true });
    const [document] = parseAllDocuments(out);
    expect(Object.keys(document?.toJS())).toEqual(['apiVersion', 'kind', 'rules']);
  });
});

describe('audit', () => {
  const name = hostile;
  const subject = (kind: string) => ({ kind, name, namespace: name });
  const rules = [{ apiGroups: ['', 'discovery.k8s.io'], resources: ['*'], resourceNames: [name], verbs: ['*'] }];
  const metadata = { name, namespace: name, labels: { [name]: name } };
  const binding = (kind: string) => ({
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: ['User', 'Group', 'ServiceAccount', name].map(subject),
  });
  const fill = () => {
    cluster.lists.set(paths.endpoints, [endpoints(name, name, '127.0.0.1', name), endpoints(name, `${name}2`, name)]);
    cluster.lists.set(paths.slices, [slice(name, name, name, '127.0.0.1', name)]);
    cluster.lists.set(paths.services, [service(name, name, { [name]: name })]);
    cluster.lists.set(paths.roles, [{ metadata, rules }]);
    cluster.lists.set(paths.clusterRoles, [
      { metadata, rules },
      {
        metadata: { name: `${name}3` },
        aggregationRule: {
          clusterRoleSelectors: [
            { matchLabels: { [name]: name }, matchExpressions: [{ key: name, operator: 'In', values: [name] }] },
          ],
        },
        rules,
      },
    ]);
    cluster.lists.set(paths.roleBindings, [binding('Role'), binding('ClusterRole')]);
    cluster.lists.set(paths.clusterRoleBindings, [binding('ClusterRole')]);
  };
  const kubeconfig = () => write('kubeconfig', cluster.kubeconfig());
  const forbidding: StandIn['interfere'] = (path) =>
    /pods|configmaps|clusterrolebindings/.test(path)
      ? { status: 403, body: { kind: 'Status', message: hostile } }
      : undefined;

  test.each(['text', 'json', 'sarif', 'html'])('%s', async (output) => {
    fill();
    cluster.interfere = (path, query) =>
      path === '/version' ? { status: 200, body: { gitVersion: hostile } } : forbidding(path, query);
    const flags = ['--kubeconfig', kubeconfig(), '--policy', exempting, '--output', output];
    const { code, out } = await printed(['audit', ...flags]);
    expect({ code, found: out.includes('special-address') }).toEqual({ code: 2, found: true });
    if (output === 'json') expect(JSON.stringify(JSON.parse(out))).toContain(JSON.stringify(hostile).slice(1, -1));
    if (output === 'html') expect(out).toContain('x\\u000a::error::a\\u000d\\u000a');
  });

  test('none, and why nothing can be written', async () => {
    fill();
    cluster.interfere = forbidding;
    const flags = ['audit', '--kubeconfig', kubeconfig(), '--output', 'none'];
    expect(await printed(flags)).toMatchObject({ code: 2, out: '' });
    cluster.interfere = (path) =>
      path.includes('openreports') ? { status: 403, body: { kind: 'Status', message: hostile } } : undefined;
    const { code, err } = await printed([...flags, '--write-reports']);
    expect({ code, said: err.includes('could not read reports.openreports.io') }).toEqual({ code: 2, said: true });
  });

  test('messages of an API server', async () => {
    for (const body of [{ message: hostile }, hostile]) {
      cluster.interfere = () => ({ status: 500, body });
      expect((await printed(['audit', '--kubeconfig', kubeconfig()])).code).toBe(2);
    }
    cluster.interfere = () => ({ status: 200, text: hostileText });
    expect((await printed(['audit', '--kubeconfig', kubeconfig()])).code).toBe(2);
  });

  const config = (user: unknown, clusterFields: unknown = { server: 'https://127.0.0.1:1' }) =>
    write(
      'hostile-kubeconfig',
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': hostileArgument },
        contexts: [{ name: hostileArgument, context: { cluster: hostileArgument, user: hostileArgument } }],
        clusters: [{ name: hostileArgument, cluster: clusterFields }],
        users: [{ name: hostileArgument, user }],
      }),
    );
  const exec = (more: object) => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: './plugin', ...more },
  });

  test.each<[string, unknown, unknown?]>([
    ['a user without credentials', {}],
    ['an unknown field', { [hostileArgument]: 1 }],
    ['a token that cannot be sent', { token: hostileArgument }],
    ['a file that is not there', { tokenFile: hostileArgument }],
    ['an unknown plugin', exec({ command: hostileArgument, installHint: hostileArgument })],
    ['a plugin of another version', exec({ apiVersion: hostileArgument })],
    ['a plugin with another mode', exec({ interactiveMode: hostileArgument })],
    ['a server that is no URL', { token: 'x' }, { server: hostileArgument }],
    ['a proxy that is no URL', { token: 'x' }, { server: 'https://127.0.0.1:1', 'proxy-url': hostileArgument }],
    ['a name that is no name', { token: 'x' }, { server: 'https://127.0.0.1:1', 'tls-server-name': hostileArgument }],
    ['certificates that are none', { 'client-certificate-data': btoa('x'), 'client-key-data': btoa('x') }],
    ['an unknown field of a cluster', { token: 'x' }, { server: 'https://127.0.0.1:1', [hostileArgument]: 1 }],
  ])('%s', async (_, user, clusterFields) => {
    const { code, err } = await printed(['audit', '--kubeconfig', config(user, clusterFields)]);
    expect({ code, lines: err.split('\n').length }).toEqual({ code: 2, lines: 2 });
  });

  test('what a credential plugin says', async () => {
    write('says', hostileArgument);
    chmodSync(
      join(folder, write('plugin', '#!/bin/sh\nsleep 60 >/dev/null &\ncat says >&2\nprintf "no end" >&2\nexit 3\n')),
      0o755,
    );
    const { code, err } = await runCommand(['audit', '--kubeconfig', config(exec({}))], { cwd: folder });
    expect(code).toBe(2);
    expectVisible(err);
    expect(err).toContain('\\u001b[2J');
    expect(err).toContain('no end\n');
    expect(err).toContain('failed with exit code 3\n');
  });
});

describe('verify', () => {
  let installation: FakeInstallation;
  beforeAll(async () => {
    installation = await startInstallation();
    const { metadata, webhooks } = configurationOf('endpoints');
    const managers = { managedFields: [{ manager: hostile }] };
    const added = { ...webhooks[0], name: hostile };
    installation.put('validating', { metadata: { ...metadata, ...managers }, webhooks: [...webhooks, added] });
    installation.put('pods', { ...podOf('b', false), metadata: { ...podOf('b').metadata, name: hostileName } });
    installation.podText = () => `endpoints_webhook_policy_info{hash="${'f'.repeat(64)}"} 1\n[-]${hostileText}\n`;
    installation.answerWrite = () => ({ code: 422, message: hostileText });
    const binding = { policyName: hostile, validationActions: [hostile] };
    installation.put('bindings', { metadata: { name: 'endpoints-webhook-endpoints-deny' }, spec: binding });
    const rules = [{ apiGroups: ['*'], resources: ['endpoints/restricted'], verbs: ['*'] }];
    installation.cluster.put(paths.clusterRoles, { metadata: { name: hostile }, rules });
  });
  afterAll(() => installation.close());

  test.each(['text', 'json'])('%s', async (output) => {
    const flags = ['--kubeconfig', installation.cluster.kubeconfig, '--output', output];
    const { code, out } = await printed(['verify', ...flags]);
    expect({ code, shown: out.includes('\\u202e') }).toEqual({ code: 1, shown: true });
    for (const what of [
      'the added webhook',
      'written by',
      'its binding is for',
      'refused by somebody else',
      'is not ready',
    ])
      expect(out).toContain(what);
  });
});

describe('probe', () => {
  test('the answer of a webhook, and what it is called', async () => {
    const pair = await issueSelfSigned(new Date());
    const server = createServer({ cert: pair.certificate, key: pair.privateKey }, (_, response) =>
      response.writeHead(500).end(hostileText),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const flags = ['--ca-file', write('ca.crt', pair.certificate), '--timeout', '1s'];
    const { code, err } = await printed(['probe', `https://127.0.0.1:${port}/x`, ...flags]);
    server.close();
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('\\u202e') });
  });
});

test('demo', async () => expect((await printed(['demo'])).code).toBe(0));

test('each command is here, and each of its outputs', () => {
  const none = async () => 0;
  const program = createProgram(
    '1.2.3',
    {
      ...{ serve: none, check: none, audit: none, verify: none, printAdmissionPolicies: none },
      ...{ checkPolicy: none, showPolicy: none, explainPolicy: none, suggestPolicy: none, demo: none, probe: none },
    },
    () => {},
  );
  const outputs = program.commands.map((command) => {
    const choices = command.options.find(({ long }) => long === '--output')?.argChoices ?? [];
    return `${command.name()} ${choices}`.trim();
  });
  expect(outputs.sort()).toEqual([
    'audit text,json,sarif,html,none',
    'check text,json,sarif',
    'demo',
    'manifests',
    'policy',
    'probe',
    'serve',
    'verify text,json',
  ]);
});

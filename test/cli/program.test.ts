import { createServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { serve } from '../../src/serve/serve.ts';
import type { RunningLimits, ServeOptions } from '../../src/serve/serve-options.ts';
import { chartLimits } from '../support/webhook.ts';

afterEach(() => vi.unstubAllEnvs());

/** What the command line makes of its words: the command, what it was given, the exit code. */
async function parse(...words: string[]) {
  const seen: unknown[] = [];
  const note = async (...given: unknown[]) => {
    seen.push(...given);
    return 3;
  };
  const actions = {
    ...{ serve: note, check: note, audit: note, verify: note, printAdmissionPolicies: note },
    ...{ checkPolicy: note, showPolicy: note, explainPolicy: note, suggestPolicy: note, demo: note, probe: note },
  };
  const program = createProgram('1.2.3', actions, (code) => seen.push(code));
  for (const command of [program, ...program.commands])
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  await program.parseAsync(['node', 'endpoints-webhook', ...words]);
  return seen;
}

const defaults = {
  port: 8443,
  operationsPort: 8080,
  bindAddress: '::',
  extraServiceLabels: [],
  tlsMinVersion: 'TLSv1.3',
  webhookConfiguration: [],
  servingName: [],
  clientName: [],
  caLifetime: 31_536_000_000,
  servingLifetime: 604_800_000,
  rotationOverlap: 600_000,
  maxSharePerClient: 0.25,
  keepAliveTimeout: 120_000,
  shutdownDrain: 0,
  logLevel: 'info',
  logDenials: true,
};

test('serve has the defaults', async () => {
  expect(await parse('serve')).toEqual([defaults, 3]);
});

test('flags win over environment variables, and these over defaults', async () => {
  vi.stubEnv('EPW_PORT', '1');
  vi.stubEnv('EPW_TLS_CERT_FILE', 'tls.crt');
  expect(await parse('serve', '--port', '2')).toEqual([{ ...defaults, port: 2, tlsCertFile: 'tls.crt' }, 3]);
  expect(await parse('serve')).toEqual([{ ...defaults, port: 1, tlsCertFile: 'tls.crt' }, 3]);
});

test('labels are repeated, or have commas between them in an environment variable', async () => {
  vi.stubEnv('EPW_EXTRA_SERVICE_LABELS', 'a.example/service,b');
  expect(await parse('serve')).toEqual([{ ...defaults, extraServiceLabels: ['a.example/service', 'b'] }, 3]);
  const words = ['a', 'b', 'a'].flatMap((label) => ['--extra-service-labels', label]);
  expect(await parse('serve', ...words)).toEqual([{ ...defaults, extraServiceLabels: ['a', 'b'] }, 3]);
});

test('policy files are repeated, or have commas between them in an environment variable', async () => {
  vi.stubEnv('EPW_POLICY', 'base.yaml,cluster.yaml');
  expect(await parse('serve')).toEqual([{ ...defaults, policy: ['base.yaml', 'cluster.yaml'] }, 3]);
  expect(await parse('serve', '--policy', 'a', '--policy', 'b')).toEqual([{ ...defaults, policy: ['a', 'b'] }, 3]);
});

test('check and demo', async () => {
  expect(await parse('check', 'a', '-')).toEqual([
    ['a', '-'],
    { namespace: 'default', exemptNamespace: [], output: 'text', exclude: [] },
    3,
  ]);
  expect(await parse('demo')).toEqual([3]);
});

const auditDefaults = {
  ...{ output: 'text', timeout: 60_000, extraServiceLabels: [], exemptNamespace: [] },
  reportName: 'endpoints-webhook',
};

test('audit', async () => {
  expect(await parse('audit')).toEqual([auditDefaults, 3]);
  vi.stubEnv('EPW_CONTEXT', 'staging');
  const flags = ['--kubeconfig', 'k', '--namespace', 'shop', '--output', 'html', '--timeout', '5s'];
  const options = {
    kubeconfig: 'k',
    context: 'staging',
    namespace: 'shop',
    output: 'html',
    timeout: 5000,
  };
  expect(await parse('audit', ...flags)).toEqual([{ ...auditDefaults, ...options }, 3]);
});

test('audit that writes what it finds', async () => {
  const flags = [
    '--write-reports',
    '--report-name',
    'guard',
    '--summary-config-map',
    'system/sums',
    '--output',
    'none',
  ];
  const options = {
    ...{ ...auditDefaults, output: 'none', writeReports: true, reportName: 'guard' },
    ...{ summaryConfigMap: { namespace: 'system', name: 'sums' }, exemptNamespace: ['legacy', 'openshift-*'] },
  };
  expect(await parse('audit', ...flags, '--exempt-namespace', 'legacy,openshift-*')).toEqual([options, 3]);
});

test('verify', async () => {
  const defaults = {
    ...{ namespace: 'endpoints-webhook', name: 'endpoints-webhook', trialNamespace: 'default', asGroup: [] },
    ...{ dialPods: false, output: 'text', timeout: 60_000, wait: 0 },
  };
  expect(await parse('verify')).toEqual([defaults, 3]);
  const as = ['--as', 'tenant', '--as-group', 'tenants,system:authenticated'];
  const flags = ['--namespace', 'guard', '--name', 'ew', '--trial-namespace', 'shop', '--dial-pods', '--wait', '1m'];
  const asGroup = ['tenants', 'system:authenticated'];
  const options = { namespace: 'guard', name: 'ew', trialNamespace: 'shop', dialPods: true, wait: 60_000 };
  expect(await parse('verify', ...flags, ...as)).toEqual([{ ...defaults, ...options, as: 'tenant', asGroup }, 3]);
});

test('policy suggest', async () => {
  expect(await parse('policy', 'suggest')).toEqual([{ profile: 'ownership', timeout: 60_000 }, 3]);
  vi.stubEnv('EPW_PROFILE', 'parity');
  const options = { kubeconfig: 'k', profile: 'parity', timeout: 5000 };
  expect(await parse('policy', 'suggest', '--kubeconfig', 'k', '--timeout', '5s')).toEqual([options, 3]);
});

test.each([
  ['1m30s', 90_000],
  ['1.5s', 1500],
  ['1.234567891s', 1234.567891],
])('%s is read as Go writes it', async (text, timeout) => {
  expect(await parse('audit', '--timeout', text)).toEqual([{ ...auditDefaults, timeout }, 3]);
});

test.each([
  [['audit', '--output', 'xml'], /text, json, sarif, html, none/],
  [['audit', '--report-name', 'Not/A/Name'], /Give the name of an object/],
  [['audit', '--summary-config-map', 'sums'], /Give NAMESPACE\/NAME/],
  [['audit', '--summary-config-map', 'system/a/b'], /Give NAMESPACE\/NAME/],
  [['audit', '--summary-config-map', 'system/..'], /Give the name of an object/],
  [['audit', '--exempt-namespace', '*'], /three characters or more/],
  [['audit', '--timeout', '0s'], /from 1s to 10m/],
  [['verify', '--namespace', 'a/b'], /small letters, digits, hyphens and dots/],
  [['verify', '--name', '../x'], /small letters, digits, hyphens and dots/],
  [['policy', 'suggest', '--profile', 'both'], /ownership, parity/],
  [['serve', '--port', '65536'], /whole number from 0 to 65535/],
  [['serve', '--port', '1e3'], /whole number/],
  [['serve', '--max-request-bytes', '10'], /whole number from 1024/],
  [['serve', '--max-share-per-client', '0'], /from 0.01 to 1/],
  [['serve', '--max-share-per-client', '1.5'], /from 0.01 to 1/],
  [['serve', '--max-share-per-client', '25%'], /such as 0.25/],
  [['serve', '--tls-min-version', 'SSLv3'], /TLSv1.2, TLSv1.3/],
  ...['', 'a b', 'a//b', '/a', 'a/', 'A.b/c', `a/${'b'.repeat(64)}`, '"]=="'].map((label): [string[], RegExp] => [
    ['serve', '--extra-service-labels', label],
    /name of a label, such as example.com\/service-name/,
  ]),
  [['audit', '--extra-service-labels', Array.from({ length: 17 }, (_, i) => `l${i}`).join()], /16 labels at most/],
  [['serve', '--nonsense'], /unknown option/],
  [['check'], /missing required argument/],
  [['nonsense'], /unknown command/],
])('%j is refused', async (words, message) => {
  await expect(parse(...words)).rejects.toThrow(message);
});

describe('serve refuses', () => {
  const quiet = { ...defaults, ...chartLimits, port: 0, operationsPort: 0, logLevel: 'silent' } as ServeOptions &
    RunningLimits;
  const start = (overrides: Partial<ServeOptions>) => serve({ ...quiet, ...overrides }, '0.0.0', { write: () => {} });

  test.each([
    [{ tlsCertFile: 'tls.crt' }, /belong together/],
    [{ tlsPrivateKeyFile: 'tls.key' }, /belong together/],
    [{ tlsCertFile: 'nowhere', tlsPrivateKeyFile: 'nowhere' }, /cannot read the certificate file nowhere/],
    [{ policy: 'nowhere.yaml' }, /cannot read nowhere.yaml/],
    [{ bindAddress: '203.0.113.1' }, /cannot listen on 203.0.113.1 port 0/],
  ])('%j', async (overrides, message) => {
    await expect(start(overrides)).rejects.toThrow(message);
  });

  test('a port that is taken, either one, and frees the other', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    for (const flag of ['port', 'operationsPort'])
      await expect(start({ bindAddress: '127.0.0.1', [flag]: port })).rejects.toThrow(/EADDRINUSE/);
    taken.close();
  });
});

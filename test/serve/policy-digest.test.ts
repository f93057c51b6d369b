import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditOptions, audit } from '../../src/cli/audit.ts';
import { startCluster } from '../support/cluster.ts';
import { runCommand } from '../support/command.ts';
import { bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const head = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';

/** Ways to write one policy, and one that says something else. */
const texts = {
  'as YAML': `${head}mode: enforce\nrules:\n  protocol: {enforcement: warn, allowed: [TCP]}\n`,
  'in another order, with comments': `rules: # of what is listed\n    protocol:\n      allowed:\n      - "TCP"\n      enforcement: warn\n${head}`,
  'as JSON, with defaults written': JSON.stringify({
    kind: 'Policy',
    exempt: [],
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    authorization: { cacheTTL: '10s' },
    rules: { protocol: { enforcement: 'warn', allowed: ['TCP'] }, 'port-range': {} },
  }),
  'another one': `${head}rules:\n  protocol: {enforcement: audit, allowed: [TCP]}\n`,
};

const folder = mkdtempSync(join(tmpdir(), 'policy-digest-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string): string {
  const file = join(folder, `${encodeURIComponent(text).length}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** What the metric says. */
async function digestBy(policy?: string): Promise<string> {
  const webhook = await startWebhook({ ...(policy !== undefined && { policy: write(policy) }) });
  const metrics = await webhook.metrics();
  await webhook.running.close();
  const [, digest = ''] = /^endpoints_webhook_policy_info\{hash="([0-9a-f]{64})"\} 1$/m.exec(metrics) ?? [];
  return digest;
}

test('is the same however a policy is written, and another for another', async () => {
  const digests = await Promise.all(Object.values(texts).map(digestBy));
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(digests.map((digest) => digest === digests[0])).toEqual([true, true, true, false]);
  expect(await digestBy()).toBe(await digestBy(head));
});

describe('stands', () => {
  const file = write(texts['as YAML']);
  let digest: string;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  beforeAll(async () => {
    digest = await digestBy(texts['as YAML']);
    webhook = await startWebhook({ policy: file });
  });
  afterAll(() => webhook.running.close());

  test('in the line of the start', () =>
    expect(webhook.lines).toContainEqual(expect.objectContaining({ msg: 'listening', policy: digest })));

  test('in the words of readiness', async () =>
    expect((await webhook.operations.get('/readyz?verbose')).text).toContain(`[+]policy ok (${digest})\n`));

  const large = { ...good, metadata: { ...good.metadata, annotations: { note: 'ü'.repeat(600_000) } } };
  const service = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: '127.0.0.1' },
  };
  const serviceResource = { group: '', version: 'v1', resource: 'services' };
  const forbidden = { ...good, subsets: [{ addresses: [{ ip: '100.100.100.200' }], ports: [{ port: 80 }] }] };
  test.each([
    ['what is allowed', createReview(good), 'allowed'],
    ['what is denied', createReview(bad), 'denied'],
    ['what nobody could ask about', createReview(forbidden), 'denied'],
    ['what is unchanged', updateReview(bad, bad), 'unchanged'],
    ['what the other thread judges', createReview(large), 'allowed'],
    ['a Service', createReview(service, { resource: serviceResource }), 'denied'],
  ])('in the audit annotations of %s', async (_, review, decision) => {
    const { body } = await webhook.post('/validate', review);
    expect(body.response.auditAnnotations).toMatchObject({ decision, policy: digest });
  });

  test('in the annotations of ValidatingAdmissionPolicies', async () => {
    const { out, code } = await runCommand(['manifests', 'validating-admission-policy', '--policy', file], {
      timeout: 60_000,
    });
    expect(code).toBe(0);
    const annotated = [...out.matchAll(/endpoints-webhook\.io\/policy-digest: (.*)/g)].map(([, value]) => value);
    expect(new Set(annotated)).toEqual(new Set([digest]));
  });

  test('in what audit reports', async () => {
    const cluster = await startCluster();
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, cluster.kubeconfig());
    const report = async (output: AuditOptions['output']) => {
      const texts: string[] = [];
      const io = { out: (text: string) => texts.push(text), err: () => {}, input: async () => '' };
      await audit({ kubeconfig, policy: file, output, timeout: 20_000 }, '1.2.3', io);
      return texts.join('');
    };
    const outputs = ['text', 'json', 'sarif', 'html'] as const;
    const [text = '', json = '', sarif = '', html = ''] = await Promise.all(outputs.map(report));
    await cluster.close();
    expect(text).toContain(`\nJudged by ${file}, digest ${digest}\n`);
    expect(JSON.parse(json).policy).toMatchObject({ source: file, digest });
    expect(JSON.parse(sarif).runs[0].properties).toEqual({ policy: digest });
    expect(html).toContain(digest);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { defaultPolicySource, parsePolicy } from '../../src/policy/policy.ts';
import { no, startAuthorizer } from '../support/authorizer.ts';
import { startFollowedWebhook } from '../support/followed-webhook.ts';
import { createReview, startWebhook } from '../support/webhook.ts';

// What documents show is what the program says.

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The code blocks of a document that are written in a language. */
function blocksOf(file: string, language: string): readonly string[] {
  const fenced = new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm');
  return [...readFileSync(file, 'utf8').matchAll(fenced)].map(([, text = '']) => text);
}

const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What the webhook says of an object that `tenant` creates, when the cluster grants no RBAC exemption. */
async function refusalOf(object: unknown, request: Readonly<Record<string, unknown>>): Promise<string> {
  const authorizer = await startAuthorizer();
  authorizer.answering = no;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, authorizer.kubeconfig());
  const webhook = await startWebhook({ kubeconfig });
  onTestFinished(async () => {
    await webhook.running.close();
    await authorizer.close();
  });
  const userInfo = { username: 'tenant', groups: ['system:authenticated'] };
  const answer = await webhook.ask('/validate', createReview(object, { userInfo, ...request }));
  return answer.status?.message ?? 'allowed';
}

test('the refusal in the README is that of its manifest', async () => {
  const [manifest] = blocksOf('README.md', 'yaml').filter((text) => text.includes('kind: EndpointSlice'));
  const [shown] = blocksOf('README.md', 'text').filter((text) => text.includes('Error from server'));
  const of = { group: 'discovery.k8s.io', version: 'v1' };
  const kind = { ...of, kind: 'EndpointSlice' };
  const resource = { ...of, resource: 'endpointslices' };
  const message = await refusalOf(parse(manifest ?? ''), { name: 'web-1', kind, requestKind: kind, resource });
  const [refusal = ''] = message.split('\nallowed only where ');
  expect(onOneLine(shown ?? '')).toContain(`denied the request: ${onOneLine(refusal)}`);
  expect(message.split('\nkubectl create ')).toHaveLength(3);
});

test('the refusal in the page on RBAC exemptions is what a tenant reads', async () => {
  const subsets = [{ addresses: [{ ip: '2002:a83f:8110::1' }], ports: [{ port: 80 }] }];
  const object = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web', namespace: 'shop' }, subsets };
  const [shown] = blocksOf('docs/rbac-exemptions.md', 'text');
  expect(shown?.trimEnd()).toMatch(/^Error from server \(Forbidden\): .* denied the request: /);
  expect(shown?.trimEnd().split('denied the request: ')[1]).toBe(await refusalOf(object, {}));
});

const policies = ['README.md', 'docs/policy.md'].flatMap((file) =>
  blocksOf(file, 'yaml')
    .map((text) => ({ file, source: parse(text) }))
    .filter(({ source }) => source.kind === 'Policy' || 'policy' in source),
);

test.each(policies)('a policy in $file can be read', ({ source }) => {
  const policy = source.kind === 'Policy' ? source : { ...Object(defaultPolicySource), ...source.policy };
  expect(parsePolicy(policy).findings ?? []).toEqual([]);
});

test('there are policies to read', () => {
  expect(new Set(policies.map(({ file }) => file))).toEqual(new Set(['README.md', 'docs/policy.md']));
});

test('docs/operations.md names the metrics that there are, and no others', async () => {
  const webhook = await startFollowedWebhook({ serve: { auditSummary: 'summary.json' } });
  const served = [...(await webhook.metrics()).matchAll(/^# TYPE (endpoints_webhook_\S+)/gm)].map(([, name]) => name);
  const documented = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(endpoints_webhook_\w+)`/gm)];
  expect(documented.map(([, name]) => name).sort()).toEqual(served.sort());
});

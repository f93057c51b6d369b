import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { summarizeFound } from '../../src/audit/summary.ts';
import { forbiddenNetwork } from '../../src/rules/forbidden-network.ts';
import { startWebhook } from '../support/webhook.ts';

let folder: string;
let file: string;
let webhook: Awaited<ReturnType<typeof startWebhook>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-summary-'));
  file = join(folder, 'summary.json');
  webhook = await startWebhook({ auditSummary: file });
});
afterEach(async () => {
  await webhook.running.close();
  rmSync(folder, { recursive: true });
});

/** The series of audits, without comments. */
async function series(): Promise<readonly string[]> {
  return (await webhook.metrics()).split('\n').filter((line) => line.startsWith('endpoints_webhook_audit_'));
}

const found = (name: string) => ({
  subject: { kind: 'Endpoints' as const, namespace: 'shop', name, service: 'none' as const },
  ...{ rule: forbiddenNetwork, enforcement: 'deny' as const, items: [], rest: [], count: 7 },
});

test('what an audit has written is shown as it is now, and nothing before', async () => {
  expect(await series()).toEqual([]);
  const objects = { Endpoints: 5, EndpointSlice: 0, Service: 2 };
  writeFileSync(file, JSON.stringify(summarizeFound([found('a'), found('b')], objects, new Date(1_700_000_000_500))));
  expect(await series()).toEqual([
    'endpoints_webhook_audit_timestamp_seconds 1700000000',
    'endpoints_webhook_audit_objects{kind="Endpoints"} 5',
    'endpoints_webhook_audit_objects{kind="EndpointSlice"} 0',
    'endpoints_webhook_audit_objects{kind="Service"} 2',
    'endpoints_webhook_audit_namespaces 1',
    'endpoints_webhook_audit_findings{rule="forbidden-network",enforcement="deny"} 2',
  ]);
  writeFileSync(file, JSON.stringify(summarizeFound([], objects, new Date(1_700_000_100_000))));
  expect(await series()).toContain('endpoints_webhook_audit_namespaces 0');
  expect((await series()).join()).not.toContain('audit_findings{');
  rmSync(file);
  expect(await series()).toEqual([]);
});

const whole = { time: 1, namespaces: 1, objects: {}, findings: [{ rule: 'a', enforcement: 'deny', count: 1 }] };

test.each([
  ['no JSON', 'not JSON'],
  ['a list', '[]'],
  ['empty', ''],
  ['a negative count', JSON.stringify({ ...whole, namespaces: -1 })],
  [
    'a rule that would break the text',
    JSON.stringify({ ...whole, findings: [{ rule: 'a"} 1\nb', enforcement: 'deny', count: 1 }] }),
  ],
  ['an unknown kind', JSON.stringify({ ...whole, objects: { Pod: 1 } })],
  [
    'too many findings',
    JSON.stringify({
      ...whole,
      findings: Array.from({ length: 201 }, (_, n) => ({ rule: `a${n}`, enforcement: 'deny', count: 1 })),
    }),
  ],
  ['more than is read', `${JSON.stringify(whole)}${' '.repeat(70_000)}x`],
  ['a folder', (path: string) => mkdirSync(path)],
  ['a named pipe, for whose writer nobody waits', (path: string) => void execFileSync('mkfifo', [path])],
])('what no audit has written gives no metrics, and is said once: %s', async (_, made) => {
  if (typeof made === 'string') writeFileSync(file, made);
  else made(file);
  expect(await series()).toEqual([]);
  expect(await series()).toEqual([]);
  const said = webhook.lines.filter(
    ({ msg }) => msg === 'this is not what endpoints-webhook audit writes: there are no metrics of audits',
  );
  expect(said.map(({ level, file: named }) => ({ level, file: named }))).toEqual([{ level: 40, file }]);
});

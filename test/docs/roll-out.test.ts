import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { defaultPolicySource } from '../../src/policy/policy.ts';
import { createReview, inherited, startWebhook } from '../support/webhook.ts';
import { blocksOf } from './markdown.ts';

// What docs/roll-out.md shows of each step is what the program does.

const page = 'docs/roll-out.md';
const steps = blocksOf(page, 'yaml').map(({ text }) => parse(text).policy);
const subsets = [{ addresses: [{ ip: '168.63.129.16' }], ports: [{ port: 80 }] }];
const forbidden = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', namespace: 'shop' }, subsets };

/** The answer to a forbidden write under the policy of a step, and what the webhook logs and counts of it. */
async function write(step: number) {
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, JSON.stringify({ ...Object(defaultPolicySource), ...steps[step] }));
  const { running, lines, ask, metrics } = await startWebhook({ policy: [file] });
  onTestFinished(async () => {
    await running.close();
    rmSync(folder, { recursive: true });
  });
  const userInfo = { username: 'tenant', groups: ['system:authenticated'] };
  const answer = await ask('/validate', createReview(forbidden, { userInfo }));
  return { answer, lines, metrics: await metrics() };
}

test('audit: the write is allowed without a word, and the shown command finds the shown line', async () => {
  const { answer, lines, metrics } = await write(0);
  expect([answer.allowed, answer.warnings]).toEqual([true, undefined]);
  const shown = JSON.parse(blocksOf(page, 'json')[0]?.text ?? '');
  const [command = ''] = blocksOf(page, 'sh').flatMap(({ text }) => (/\bgrep\b/.test(text) ? [text] : []));
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const script = `log=$(cat); kubectl() { echo "$log"; }\n${command}`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script], { input, encoding: 'utf8', env: inherited });
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ ...shown, time: expect.any(Number), uid: expect.any(String) });
  expect(metrics).toContain('endpoints_webhook_violations_total{rule="forbidden-network",enforcement="audit"} 1\n');
});

test('warn: whoever writes reads the shown warning', async () => {
  const { answer, metrics } = await write(1);
  const [shown = ''] = blocksOf(page, 'text').map(({ text }) => text.trim());
  expect([answer.allowed, `Warning: ${answer.warnings?.join('\n')}`]).toEqual([true, shown]);
  expect(metrics).toContain('endpoints_webhook_violations_total{rule="forbidden-network",enforcement="warn"} 1\n');
});

test('deny: the write is refused, and counted', async () => {
  const { answer, metrics } = await write(2);
  expect(answer.allowed).toBe(false);
  expect(metrics).toContain('endpoints_webhook_denials_total{rule="forbidden-network"} 1\n');
});

test.each([page, 'docs/exemptions.md'])(
  'the queries of %s name metrics, labels and values that there are',
  async (file) => {
    const { metrics } = await write(0);
    const queries = blocksOf(file, 'promql').flatMap(({ text }) => text.trim().split('\n'));
    expect(queries).not.toEqual([]);
    const missing = queries.filter((query) => selectors(query).some(({ name, labels }) => !has(metrics, name, labels)));
    expect(missing).toEqual([]);
  },
);

/** The metrics of ours in a query, with each label that it compares or keeps. */
function selectors(query: string) {
  const kept = /\bby \(([^)]*)\)/.exec(query)?.[1]?.split(/, */) ?? [];
  return [...query.matchAll(/\b(endpoints_webhook_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', matchers = '']) => {
    const compared = [...matchers.matchAll(/(\w+)=~?"([^"]*)"/g)].map(([, label = '', value = '']) => ({
      label,
      value,
    }));
    return { name, labels: [...compared, ...kept.map((label) => ({ label, value: '[^"]*' }))] };
  });
}

function has(metrics: string, name: string, labels: readonly { readonly label: string; readonly value: string }[]) {
  const series = metrics.split('\n').filter((line) => line.startsWith(`${name}{`));
  return labels.every(({ label, value }) => series.some((line) => new RegExp(`\\b${label}="(?:${value})"`).test(line)));
}

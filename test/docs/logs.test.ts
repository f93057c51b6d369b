import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../support/eventually.ts';
import { collections, listing, runningPod, startFollowedWebhook } from '../support/followed-webhook.ts';
import { findLogCalls, withGaps } from '../support/log-calls.ts';
import { creating } from '../support/waking.ts';
import { bad, createReview, updateReview } from '../support/webhook.ts';

const page = readFileSync('docs/logs.md', 'utf8');
const source = globSync('src/**/*.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** The first cells of the tables below a heading. */
function firstCells(heading: string): readonly string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`.*?`(?:, `.*?`)*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(.*?)`/g)].map(([, text = '']) => text),
  );
}

const messages = firstCells('Messages').filter((text) => text !== 'msg');
const fields = firstCells('Fields');
const annotations = firstCells('Audit annotations');
const calls = findLogCalls();

/** Calls whose message is made elsewhere, and what it may be. */
const madeElsewhere: Readonly<Record<string, readonly string[]>> = {
  'stepMessages[step]': [...(/const stepMessages.*?\{(.*?)\n\};/s.exec(source)?.[1] ?? '').matchAll(/'(.*)'/g)].map(
    ([, text = '']) => text,
  ),
  decision: ['allowed', 'denied', 'exempt', 'unchanged', 'authorized'],
  message: [withGaps(/const message = `(the review .*)`;/.exec(source)?.[1] ?? '')],
};

const written = calls.flatMap((call) => {
  const last = /([\w[\]]+),?\s*$/.exec(call.text)?.[1] ?? '';
  return call.messages.length > 0 ? call.messages : (madeElsewhere[last] ?? [`made by ${last} in ${call.file}`]);
});

test('each message of the program is in docs/logs.md, and no other', () => {
  expect(calls.length).toBeGreaterThan(45);
  expect([...new Set(messages)].sort()).toEqual([...new Set(written)].sort());
});

test.each([...new Set(calls.flatMap((call) => call.fields))])('the field %s is in docs/logs.md', (field) => {
  expect(fields).toContain(field);
});

test.each(fields.filter((field) => !/^(?:level|time|logger|msg)$/.test(field)))(
  'the field %s of docs/logs.md is in src',
  (field) => {
    for (const name of field.split('.')) expect(source).toMatch(new RegExp(`\\b${name}\\b`));
  },
);

test('the lines that are shown are such lines', () => {
  const [line = ''] = /^\{"level".*$/m.exec(page) ?? [];
  expect(pathsOf(JSON.parse(line)).filter((path) => !fields.includes(path))).toEqual([]);
});

describe('a webhook that runs', async () => {
  test('writes these fields, messages and annotations only, and all of the latter', { timeout: 60_000 }, async () => {
    const foreign = Array.from({ length: 17 }, (_, i) => `10.244.1.${i + 1}`);
    const { ask, post, cluster, lines } = await startFollowedWebhook({
      policy: { cluster: { staleAfter: '1s' } },
      serve: { logLevel: 'debug' },
      prepare: (cluster) => {
        for (const [i, ip] of foreign.entries()) cluster.put(collections.pods, runningPod('other', `pod-${i}`, ip));
      },
    });
    const seen = new Set<string>();
    const judge = async (review: unknown) => {
      const { body } = await post('/validate', review);
      for (const key of Object.keys(body.response?.auditAnnotations ?? {})) seen.add(key);
    };
    for (const review of [
      createReview(),
      createReview(bad),
      updateReview(bad, bad),
      listing(foreign.slice(0, 1)),
      listing(foreign),
    ])
      await judge(review);
    await post('/validate', 'not JSON');
    await ask('/validate', createReview({ ...bad, more: 'x'.repeat(7_000_000) }));
    await cluster.stop();
    await judge(creating());
    await eventually(async () => {
      await judge(listing(['10.244.9.9']));
      expect(seen).toContain('unknown');
    });
    expect([...seen].sort()).toEqual([...annotations].sort());
    const paths = new Set(lines.flatMap(pathsOf));
    expect([...paths].filter((path) => !fields.includes(path))).toEqual([]);
    const patterns = messages.map(
      (text) => new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('…', '.*')}$`),
    );
    const strange = lines.map(({ msg }) => String(msg)).filter((msg) => !patterns.some((pattern) => pattern.test(msg)));
    expect(strange).toEqual([]);
  });
});

/** `first.rule`; of errors, which are Node's, only that there is one. */
function pathsOf(line: object): readonly string[] {
  return Object.entries(line).flatMap(([key, value]) =>
    key === 'first' ? [key, ...Object.keys(value as object).map((name) => `first.${name}`)] : [key],
  );
}

describe('the audit policy', () => {
  const policy = parse(readFileSync('docs/audit-policy.yaml', 'utf8'));

  test('is one of audit.k8s.io/v1, with what its fields may be', () => {
    expect(policy).toMatchObject({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'] });
    for (const { level, ...rule } of policy.rules) {
      expect(['None', 'Metadata', 'Request', 'RequestResponse']).toContain(level);
      expect(Object.keys(rule).filter((key) => !['users', 'verbs', 'resources'].includes(key))).toEqual([]);
      for (const resources of rule.resources ?? [])
        expect(resources).toEqual({ group: expect.any(String), resources: expect.any(Array) });
    }
  });

  test('records all writes of what is judged, but those of controllers', () => {
    const [, recorded] = policy.rules;
    for (const [group, resource] of [
      ['', 'endpoints'],
      ['', 'services'],
      ['discovery.k8s.io', 'endpointslices'],
    ])
      expect(recorded.resources.find((entry: { group: string }) => entry.group === group).resources).toContain(
        resource,
      );
    expect(recorded).toMatchObject({ level: 'Metadata', verbs: expect.arrayContaining(['create', 'update', 'patch']) });
  });

  test('the event that is shown is of a review that it was made of', () => {
    const event = JSON.parse(/^\{"kind":"Event".*?\n```/ms.exec(page)?.[0].replace(/\n```$/, '') ?? '');
    const names = Object.keys(event.annotations).map((key) => key.split('/')[1]);
    expect(names.filter((name) => !annotations.includes(name ?? ''))).toEqual([]);
    expect(event).toMatchObject({ apiVersion: policy.apiVersion, level: 'Metadata', responseStatus: { code: 422 } });
  });
});

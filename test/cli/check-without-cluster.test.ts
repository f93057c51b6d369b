import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { runCommand } from '../support/command.ts';

// Rules that have to know a cluster: `check` passes them over, and says so once.

const needing = rules.filter(({ needs }) => needs).map(({ id }) => id);
const object = (name: string, ip: string) =>
  `apiVersion: v1\nkind: Endpoints\nmetadata: {name: ${name}}\nsubsets: [{addresses: [{ip: ${ip}}], ports: [{port: 80}]}]\n`;
const input = `${object('one', '10.244.3.7')}---\n${object('two', '10.96.0.1')}`;
const told = (ids: readonly string[]) => `not judged without a cluster: ${ids.join(', ')}`;

const folder = mkdtempSync(join(tmpdir(), 'without-cluster-'));
afterAll(() => rmSync(folder, { recursive: true }));

function check(policy: object, words: readonly string[] = [], text = input) {
  const file = join(folder, 'policy.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...policy }));
  return runCommand(['check', '--policy', file, ...words, '-'], { input: text });
}

const on = (ids: readonly string[], enforcement = 'deny') => ({
  rules: Object.fromEntries(ids.map((id) => [id, { enforcement }])),
});

test.each([
  ['all of them', on(needing), needing],
  ['one that warns', on(['node-address'], 'warn'), ['node-address']],
  [
    'one that is on in a namespace alone',
    { namespaces: [{ match: ['shop'], ...on(['foreign-pod']) }] },
    ['foreign-pod'],
  ],
])('standard error names %s, once, and the exit code stays 0', async (_, policy, ids) => {
  expect(await check(policy)).toEqual({
    ...{ code: 0, out: '' },
    err: `2 objects checked: 0 denials, 0 warnings; 0 other objects skipped\n${told(ids)}\n`,
  });
});

test('nothing is said where none is on', async () => {
  expect((await check({})).err).not.toContain('not judged');
  expect(JSON.parse((await check({}, ['--output', 'json'])).out)).toMatchObject({ notes: [] });
});

test('json has it as a note, and the exit code says what else is wrong', async () => {
  const { code, out, err } = await check(
    on(needing),
    ['--output', 'json'],
    `${input}---\n${object('bad', '127.0.0.1')}`,
  );
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(JSON.parse(out)).toMatchObject({ denials: 1, errors: [], notes: [{ message: told(needing) }] });
});

test('sarif has it as a note of an invocation that was a success', async () => {
  const { code, out, err } = await check(on(needing), ['--output', 'sarif']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out).runs[0].invocations).toEqual([
    {
      executionSuccessful: true,
      toolExecutionNotifications: [{ level: 'note', message: { text: told(needing) } }],
    },
  ]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { runCommand } from '../support/command.ts';

const head = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' };
const refusals = (entry: object) => parsePolicy({ ...head, exempt: [entry] }).findings?.map(policyFindingText) ?? [];
const met = (place: string, pattern: string) =>
  `exempt[0].${place}: "${pattern}" matches service accounts in namespaces that it does not name, and whoever may create one there would be exempt: write the namespace, or add "namespaces" to the entry`;

test.each([
  'system:serviceaccount:*:grafana',
  'system:serviceaccount:team-*:grafana',
  'system:serviceaccount:*-monitoring:grafana',
  'system:serviceaccount:*:*',
  'system:serviceaccount:*',
  'system:serviceaccount*',
  'system:serviceaccount:shop*',
  'system:*',
  'system:*:grafana',
  '*:serviceaccount:*:grafana',
  '*account:*:grafana',
  '*:grafana',
  '*grafana',
  '*-bot',
  '*:serviceaccount:*',
  '*system:serviceaccount:*',
  '*system:serviceaccount:team-*',
  '*system:*:grafana',
])('an exemption of users %s is refused', (pattern) => {
  expect(refusals({ users: ['jane', pattern] })).toEqual([met('users[1]', pattern)]);
  expect(refusals({ users: [pattern], rules: ['protocol'] })).toEqual([met('users[0]', pattern)]);
  expect(refusals({ users: [pattern], namespaces: ['shop', '*'] })).toEqual([met('users[0]', pattern)]);
  expect(refusals({ users: [pattern], groups: ['system:serviceaccounts'] })).toEqual([met('users[0]', pattern)]);
  expect(refusals({ users: [pattern], namespaces: ['shop'] })).toEqual([]);
  expect(refusals({ users: [pattern], groups: ['platform'] })).toEqual([]);
  expect(refusals({ users: [pattern], groups: ['system:serviceaccounts:monitoring'] })).toEqual([]);
});

test.each([
  'system:serviceaccounts:*',
  'system:serviceaccounts:team-*',
  'system:serviceaccounts*',
  'system:*',
  '*-monitoring',
  '*system:*',
  '*stem:service*-monitoring',
])('an exemption of groups %s is refused', (pattern) => {
  expect(refusals({ groups: [pattern] })).toEqual([met('groups[0]', pattern)]);
  expect(refusals({ users: ['*'], groups: [pattern] })).toEqual([met('groups[0]', pattern)]);
  expect(refusals({ groups: [pattern], namespaces: ['shop'] })).toEqual([]);
  expect(refusals({ users: ['jane'], groups: [pattern] })).toEqual([]);
});

test.each([
  { users: ['system:serviceaccount:monitoring:grafana'] },
  { users: ['system:serviceaccount:monitoring:*'] },
  { users: ['system:serviceaccount:monitoring:gr*na'] },
  { users: ['system:node:*'] },
  { users: ['ci:*'] },
  { users: ['*@example.com'] },
  { users: ['system:*:monitoring:grafana'] },
  { users: ['*'], groups: ['platform'] },
  { users: ['*'] },
  { groups: ['net-*'] },
  { groups: ['system:auth*'] },
  { namespaces: ['*'] },
])('an exemption of %j is taken', (entry) => expect(refusals(entry)).toEqual([]));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'any-account-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['check', '-'],
  ['serve'],
  ['audit', '--kubeconfig', '/nowhere'],
  ['manifests', 'validating-admission-policy'],
])('%s does not start with such a policy', async (...words) => {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, JSON.stringify({ ...head, exempt: [{ users: ['system:serviceaccount:*:grafana'] }] }));
  const { code, out, err } = await runCommand([...words, '--policy', file]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(met('users[0]', 'system:serviceaccount:*:grafana'));
});

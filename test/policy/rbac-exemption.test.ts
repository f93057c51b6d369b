import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/policy.ts';
import { mayExemptByRbac } from '../../src/policy/rbac-exemption.ts';
import { judge } from '../../src/review/judge.ts';
import { rules } from '../../src/rules/index.ts';

const off: Record<string, object> = Object.fromEntries(
  rules.filter(({ exemptibleByRbac }) => exemptibleByRbac).map(({ id }) => [id, { enforcement: 'none' }]),
);
const inShop = (settings: object) => [{ match: ['shop'], rules: settings }];

test.each<[string, object, boolean]>([
  ['says nothing', {}, true],
  ['only audits', { mode: 'audit' }, false],
  ['demands nothing from which RBAC can exempt', { rules: off }, false],
  ['only warns of it', { rules: { ...off, 'fqdn-address': { enforcement: 'warn' } } }, false],
  ['denies names', { rules: { ...off, 'fqdn-address': { enforcement: 'deny' } } }, true],
  ['denies ports, of which none is forbidden', { rules: { ...off, 'forbidden-port': {} } }, false],
  ['denies forbidden ports', { rules: { ...off, 'forbidden-port': { ports: ['TCP/22'] } } }, true],
  ['denies ports of Services, of which none is forbidden', { rules: { ...off, 'service-target-port': {} } }, false],
  [
    'denies ports of Services',
    {
      rules: {
        ...off,
        'forbidden-port': { enforcement: 'none', ports: ['TCP/22'] },
        'service-target-port': { enforcement: 'deny' },
      },
    },
    true,
  ],
  [
    'denies ports of Services, and ports in a namespace',
    {
      rules: { ...off, 'service-target-port': {} },
      namespaces: inShop({ 'forbidden-port': { ports: ['TCP/22'] } }),
    },
    true,
  ],
  ['allows some external IPs', { rules: { ...off, 'service-external-ip': { allowed: ['192.0.2.0/24'] } } }, true],
  ['denies ports of a preset', { rules: { ...off, 'forbidden-port': { presets: ['control-plane'] } } }, true],
  ['denies networks, of which none is forbidden', { rules: { ...off, 'forbidden-network': { presets: [] } } }, false],
  [
    'denies names in a namespace',
    { rules: off, namespaces: inShop({ 'fqdn-address': { enforcement: 'deny' } }) },
    true,
  ],
  ['warns of them there', { rules: off, namespaces: inShop({ 'fqdn-address': { enforcement: 'warn' } }) }, false],
  ['denies no port there', { rules: off, namespaces: inShop({ 'forbidden-port': { enforcement: 'deny' } }) }, false],
  [
    'forbids ports in a namespace and denies them everywhere',
    { rules: { ...off, 'forbidden-port': {} }, namespaces: inShop({ 'forbidden-port': { ports: ['TCP/22'] } }) },
    true,
  ],
  ...rules
    .filter((rule) => rule.exemptibleByRbac && (rule.needs || listsOf(rule).length === 0))
    .flatMap(({ id }): [string, object, boolean][] => [
      [`denies by ${id}`, { rules: { ...off, [id]: { enforcement: 'deny' } } }, true],
      [`warns by ${id}`, { rules: { ...off, [id]: { enforcement: 'warn' } } }, false],
      [`denies by ${id} there`, { rules: off, namespaces: inShop({ [id]: { enforcement: 'deny' } }) }, true],
    ]),
])('the cluster is asked under a policy that %s: %j, %j', (_, settings, expected) => {
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...settings });
  expect(policy && mayExemptByRbac(policy)).toBe(expected);
});

const listing = rules.filter((rule) => rule.exemptibleByRbac && !rule.needs && listsOf(rule).length > 0);

function listsOf({ parameters }: (typeof rules)[number]): readonly string[] {
  return ['networks', 'ports', 'presets'].filter((name) => name in parameters.shape);
}

test.each(listing)('$id forbids nothing where all its lists of what is forbidden are empty', (rule) => {
  const { id, parametersOf = id } = rule;
  const lists = Object.fromEntries(listsOf(rule).map((name) => [name, []]));
  const { policy } = parsePolicy({
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    rules: { [parametersOf]: lists },
  });
  if (!policy) return expect.unreachable();
  const folder = `test/corpus/${id}/reject`;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const object = parse(readFileSync(`${folder}/${file}`, 'utf8'));
    const { violations } = judge(policy, { kind: object.kind, operation: 'CREATE', namespace: 'shop', object });
    expect(
      violations.filter(({ rule }) => rule.id === id),
      file,
    ).toEqual([]);
  }
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { checkPolicy } from '../../src/cli/policy-files.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { startWebhook } from '../support/webhook.ts';

const head = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' };
const rules = (id: string, settings: unknown) => ({ ...head, rules: { [id]: settings } });
const networks = (...list: unknown[]) => rules('forbidden-network', { networks: list });
const ports = (...list: unknown[]) => rules('forbidden-port', { ports: list });

/** Policies that nobody may judge by, and whether their JSON schema can say so. The chart has a list of its own: test/chart/policies.ts. */
const policies: readonly (readonly [string, unknown, 'schema' | 'no schema'])[] = [
  ['nothing', {}, 'schema'],
  ['a list', [head], 'schema'],
  ['another version', { ...head, apiVersion: 'endpoints-webhook.io/v1' }, 'schema'],
  ['another kind', { ...head, kind: 'ConfigMap' }, 'schema'],
  ['an unknown key', { ...head, rule: {} }, 'schema'],
  ['an unknown mode', { ...head, mode: 'off' }, 'schema'],
  ['an unknown rule', rules('port-rnage', {}), 'schema'],
  ['an unknown enforcement', rules('port-range', { enforcement: 'refuse' }), 'schema'],
  ['off, as YAML reads it', rules('port-range', { enforcement: false }), 'schema'],
  ['an unknown parameter', rules('protocol', { alowed: ['TCP'] }), 'schema'],
  ['no protocol', rules('protocol', { allowed: [] }), 'schema'],
  ['an unknown preset', rules('forbidden-network', { presets: ['metadata'] }), 'schema'],
  ['a rule that is switched off and cannot be', rules('well-formed', { enforcement: 'none' }), 'schema'],
  ['null', rules('protocol', null), 'schema'],
  ['a network that is a number', networks(10), 'schema'],
  ['host bits', networks('10.0.0.1/8'), 'no schema'],
  ['a bad octet', networks('10.0.0.256/32'), 'no schema'],
  ['too long a prefix', networks('10.0.0.0/33'), 'no schema'],
  ['no prefix', networks('10.0.0.0'), 'no schema'],
  ['a bad network in some namespaces', { ...head, namespaces: [{ match: ['a'], ...networks('::1/8') }] }, 'schema'],
  [
    'host bits in some namespaces',
    { ...head, namespaces: [{ match: ['a'], rules: { 'forbidden-network': { networks: ['10.0.0.1/8'] } } }] },
    'no schema',
  ],
  ['no port', ports('TCP/0'), 'no schema'],
  ['a port beyond the last', ports('TCP/65536'), 'no schema'],
  ['a range that ends before it begins', ports('TCP/20-10'), 'no schema'],
  ['a prefix that is none of NAT64', rules('special-address', { nat64Prefixes: ['10.0.0.0/8'] }), 'no schema'],
  ['a domain that is none', rules('service-external-name', { clusterDomain: 'a..b' }), 'no schema'],
  ['a duration that is a number', { ...head, authorization: { cacheTTL: 10 } }, 'schema'],
  ['a duration without a unit', { ...head, authorization: { cacheTTL: '10' } }, 'no schema'],
  ['too long a duration', { ...head, authorization: { cacheTTL: '100h' } }, 'no schema'],
  ['too short a duration', { ...head, cluster: { staleAfter: '1ms' } }, 'no schema'],
  // the schema says it, with an `anyOf` of `required` that zod's reader of schemas passes over
  ['an exemption of everybody', { ...head, exempt: [{ rules: ['protocol'] }] }, 'no schema'],
  ['an exemption of any account', { ...head, exempt: [{ users: ['system:serviceaccount:*:x'] }] }, 'no schema'],
  ['an exemption of a control character', { ...head, exempt: [{ users: ['a\u007f'] }] }, 'schema'],
  ['an exemption of two lines', { ...head, exempt: [{ groups: ['a\nb'] }] }, 'schema'],
  ['an exemption from well-formed', { ...head, exempt: [{ users: ['a'], rules: ['well-formed'] }] }, 'schema'],
];

const folder = mkdtempSync(join(tmpdir(), 'policy-doors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.fromJSONSchema(JSON.parse(readFileSync('src/policy/policy.schema.json', 'utf8')));
const io = { out: () => {}, err: () => {}, input: async () => '' };

function write(policy: unknown): string {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

test.each(policies)('%s is refused by every door', async (_, policy, by) => {
  const file = write(policy);
  expect(schema.safeParse(policy).success).toBe(by === 'no schema');
  const checked = await checkPolicy([file], io).catch((error: unknown) => error);
  expect(checked).toBeInstanceOf(UsageError);
  const served = await startWebhook({ policy: file }).catch((error: unknown) => error);
  expect(served, 'serve says what policy check says').toEqual(checked);
  expect(String(checked)).toContain(`${file}:1:`);
});

test('what none of them refuses', async () => {
  const policy = { ...head, mode: 'audit', rules: { 'forbidden-network': { networks: ['10.0.0.0/8'] } } };
  expect(schema.safeParse(policy).success).toBe(true);
  expect(await checkPolicy([write(policy)], io)).toBe(0);
  await (await startWebhook({ policy: write(policy) })).running.close();
});

import { describe, expect, test } from 'vitest';
import { causeText, createDenial, warningTexts } from '../../src/admission/denial.ts';
import type { Finding } from '../../src/endpoints/finding.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { judge, type Violation } from '../../src/review/judge.ts';
import { rules } from '../../src/rules/index.ts';

const [rule] = rules as [(typeof rules)[number]];
const violation = (finding: Partial<Finding> = {}): Violation => ({
  rule,
  enforcement: 'deny',
  finding: { path: ['metadata', 'name'], message: '"X" is bad', ...finding },
});
const violations = (n: number) => Array.from({ length: n }, (_, i) => violation({ path: ['subsets', i] }));

test('a refusal says everything in its message and in its causes', () => {
  const told = '"X" is bad: write x [endpoints-webhook: object-name]';
  expect(
    createDenial(
      [violation({ remedy: 'write x', reason: 'FieldValueRequired' }), violation({ path: [], remedy: 'write x' })],
      'web',
      'Endpoints',
    ),
  ).toEqual({
    code: 422,
    reason: 'Invalid',
    message: `metadata.name: ${told}; ${told}`,
    details: {
      name: 'web',
      kind: 'Endpoints',
      group: '',
      causes: [
        { reason: 'FieldValueRequired', message: told, field: 'metadata.name' },
        { reason: 'FieldValueInvalid', message: told, field: '' },
      ],
    },
  });
});

test('a refusal names the kind and its group, as kubectl repeats them', () => {
  expect(createDenial(violations(1), 'web', 'EndpointSlice').details).toMatchObject({
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
  });
});

test('a finding without a remedy takes that of its rule', () =>
  expect(causeText(violation())).toBe(`"X" is bad: ${rule.remedy} [endpoints-webhook: object-name]`));

test.each([
  [1, 1, ''],
  [10, 10, ''],
  [11, 11, 'and 1 more like these or other violations: fix these first [endpoints-webhook]'],
  [9_999, 11, 'and 9989 more like these or other violations: fix these first [endpoints-webhook]'],
  [10_000, 11, 'and at least 9990 more like these or other violations: fix these first [endpoints-webhook]'],
])('%i violations have %i causes', (n, length, more) => {
  const { details, message } = createDenial(violations(n), '', 'Endpoints');
  expect(details?.causes).toHaveLength(length);
  expect(more === '' || (details?.causes.at(-1)?.message === more && message.endsWith(`; ${more}`))).toBe(true);
  expect(details?.causes.at(-1)?.field).toBe(more === '' ? `subsets[${n - 1}]` : 'subsets[0]');
});

test.each([
  [0, 0, undefined],
  [10, 10, 'subsets[9]: "X" is bad [endpoints-webhook: object-name]'],
  [11, 10, 'and 2 more warnings [endpoints-webhook]'],
  [5000, 10, 'and 4991 more warnings [endpoints-webhook]'],
])('%i warnings are told in %i', (n, length, last) => {
  const texts = warningTexts(violations(n));
  expect([texts.length, texts.at(-1)]).toEqual([length, last]);
});

test('texts that are too long are cut before their tag', () => {
  const long = violation({ message: 'x'.repeat(1000) });
  expect([causeText(long).length, warningTexts([long])[0]?.length]).toEqual([500, 256]);
  expect(causeText(long)).toMatch(/x… \[endpoints-webhook: object-name\]$/);
  expect(warningTexts([long])[0]).toMatch(/x… \[object-name\]$/);
});

describe('a refusal of hostile input fits 16 KiB', () => {
  const wide = ['\\', '"', '\u0000', '\u{e0001}', '日', '😀', '\ud800', 'a'].map((text) => text.repeat(100_000));
  const everywhere = (text: string) => {
    const target = { resourceVersion: text, fieldPath: text, kind: 5 };
    const address = { ip: text, hostname: text, nodeName: text, targetRef: target };
    const subset = {
      addresses: Array(20).fill(address),
      ports: Array(20).fill({ name: text, protocol: text, port: text }),
    };
    return { kind: text, apiVersion: text, metadata: { name: text, generateName: text }, subsets: [subset, text] };
  };
  const bad = Array.from({ length: 100_000 }, () => ({ ip: '010.0.0.1' }));
  const objects = [...wide.map(everywhere), { ...everywhere('a'), subsets: [{ addresses: bad }] }];

  test.each(objects.map((object) => [object.metadata.name.slice(0, 2), object] as const))('%j', (_, object) => {
    const { violations } = judge(defaultPolicy(), {
      kind: 'Endpoints',
      operation: 'CREATE',
      namespace: 'default',
      object,
    });
    const status = createDenial(violations, object.metadata.name, 'Endpoints');
    expect(violations.length).toBeGreaterThan(10);
    expect(status.details?.causes).toHaveLength(11);
    expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(16_384);
    for (const { message } of status.details?.causes ?? []) expect(message.length).toBeLessThanOrEqual(500);
    const warnings = warningTexts(violations);
    expect(warnings).toHaveLength(10);
    for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(256);
    expect(status.message + warnings.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});

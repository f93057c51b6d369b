import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firstViolation } from '../../src/admission/first-violation.ts';
import { pathText } from '../../src/endpoints/field-path.ts';
import { quote, quotedAt } from '../../src/endpoints/quote.ts';
import { valueAt } from '../../src/json/value-at.ts';
import { parseDocuments } from '../../src/manifests/yaml-source.ts';
import { parsePolicy } from '../../src/policy/policy.ts';
import { judge, type Violation } from '../../src/review/judge.ts';
import { forbiddenNetwork } from '../../src/rules/forbidden-network.ts';
import { portRange } from '../../src/rules/port-range.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';
import { fixtureCluster, fixtureFiles, fixturePolicy, kindOf, ruleOf } from '../support/corpus.ts';

const rejected = fixtureFiles().filter((file) => file.includes('/reject/'));

test.each(rejected)('%s: the first value is what the object holds at the first field', (file) => {
  const [document] = [...parseDocuments(readFileSync(file, 'utf8'))];
  const object = document?.value;
  const { policy } = parsePolicy(fixturePolicy(ruleOf(file)));
  if (!policy) return expect.unreachable();
  const cluster = fixtureCluster(ruleOf(file));
  const state = cluster && clusterOf(cluster);
  const judged = { kind: kindOf(file), operation: 'CREATE', namespace: 'shop', object } as const;
  const { violations } = judge(policy, judged, state && (() => state));
  const [violation] = violations;
  if (!violation) return expect.unreachable();
  const { path } = violation.finding;
  const { value, ...first } = firstViolation(violations) ?? {};
  expect(first).toEqual({ rule: violation.rule.id, field: pathText(path) });
  expect(shownValues(valueAt(object, path))).toContain(value);
});

/** As a message may show it. What is empty is missing to an API server, or a port 0, or all ports; lists and objects are not quoted. */
function shownValues(held: unknown): readonly (string | undefined)[] {
  if (held === undefined || held === null) return [undefined, '0', 'null'];
  if (held === '') return [undefined, ''];
  if (typeof held === 'object') return [undefined];
  return [typeof held === 'string' ? quote(held).slice(1, -1) : String(held)];
}

const violation = (rule: Violation['rule'], enforcement: Violation['enforcement'], message: string): Violation => ({
  rule,
  enforcement,
  finding: { path: ['ports', 0], message },
});

test('what an object is refused for goes before what it is warned of', () => {
  const violations = [
    violation(portRange, 'warn', '0 is not a port'),
    violation(forbiddenNetwork, 'deny', '"a" is it'),
  ];
  expect(firstViolation(violations)).toEqual({ rule: 'forbidden-network', field: 'ports[0]', value: 'a' });
  expect(firstViolation(violations.slice(0, 1))).toEqual({ rule: 'port-range', field: 'ports[0]', value: '0' });
  expect(firstViolation([])).toBe(undefined);
});

test.each([
  ['a"b\\', 'a\\"b\\\\'],
  ['\u0007\u202e', '\\u0007\\u202e'],
  ['', ''],
  ['x'.repeat(65), `${'x'.repeat(63)}…`],
  [-7, '-7'],
  [true, 'true'],
  [null, 'null'],
  [[1], undefined],
  [{}, undefined],
])('%j is read from the message that quotes it', (value, shown) => {
  const read = quotedAt(`${quote(value)} is "not" it`);
  expect(read).toBe(shown);
  expect(read?.length ?? 0).toBeLessThanOrEqual(64);
});

test('a message that begins with a word has no value', () => {
  for (const message of ['is missing', 'cannot be judged: 3', 'holds "x"', 'nullable'])
    expect(quotedAt(message)).toBe(undefined);
});

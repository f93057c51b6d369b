import { expect, test } from 'vitest';
import { demo } from '../../src/demo/demo.ts';
import { createExchanges } from '../../src/demo/exchanges.ts';
import { exampleObject } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';

test('the demo shows an example of every rule that is on by default, for each kind, and finds every answer right', async () => {
  let out = '';
  const io = { out: (text: string) => (out += text), err: () => {}, input: async () => '' };
  expect(await demo('0.0.0', io), out).toBe(0);
  const shown = [wellFormed, ...rules].filter(
    ({ enforcement, exampleParameters }) => ['deny', 'warn'].includes(enforcement) && !exampleParameters,
  );
  for (const rule of shown)
    for (const kind of rule.kinds)
      expect(out, `the example of ${kind} in src/rules/${rule.id}.ts`).toContain(
        JSON.stringify(exampleObject(rule, kind)),
      );
  expect(out.indexOf('cluster-test')).toBeLessThan(out.indexOf('Refused'));
  expect(out).toContain('code 504');
  expect(out).toContain('code 413');
  expect(out).toContain('Every answer is what it should be.');
});

test('each exchange finds fault with wrong answers', () => {
  const answers = [
    {},
    { allowed: 'true' },
    { allowed: false, status: { code: 403, message: '' } },
    { allowed: true, patch: 'W10=' },
  ];
  for (const { expect: judge, title } of createExchanges()) {
    const found = answers.map((answer) => judge(answer)).filter((problem) => problem !== undefined);
    expect(found.length, title).toBeGreaterThanOrEqual(3);
  }
});

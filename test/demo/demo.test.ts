import { expect, test } from 'vitest';
import { demo } from '../../src/demo/demo.ts';
import { exchanges } from '../../src/demo/exchanges.ts';
import { rules } from '../../src/rules/index.ts';

/** What the default policy can refuse: it forbids no port. */
const shown = rules.filter(({ id }) => id !== 'forbidden-port');

test('the demo shows every rule at work and finds every answer right', async () => {
  let out = '';
  const io = { out: (text: string) => (out += text), err: () => {}, input: async () => '' };
  expect(await demo('0.0.0', io), out).toBe(0);
  for (const { id } of shown) expect(out).toContain(`${id}]`);
  expect(out).toContain('[endpoints-webhook: well-formed]');
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
  for (const { expect: judge, title } of exchanges()) {
    const found = answers.map((answer) => judge(answer)).filter((problem) => problem !== undefined);
    expect(found.length, title).toBeGreaterThanOrEqual(3);
  }
});

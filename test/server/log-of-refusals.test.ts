import { expect, onTestFinished, test } from 'vitest';
import { bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

async function logOf(review: ReturnType<typeof createReview>) {
  const webhook = await startWebhook();
  onTestFinished(() => webhook.running.close());
  const { status } = await webhook.ask('/validate', review);
  return { status, line: webhook.lines.find(({ uid }) => uid === review.request.uid) };
}

const withAddress = (ip: unknown) => ({ ...good, subsets: [{ ...good.subsets[0], addresses: [{ ip }] }] });
const generated = { namespace: 'shop', generateName: 'web-' };

test.each<[string, unknown, string | undefined]>([
  ['an address', '169.254.169.254', '169.254.169.254'],
  ['what hides something', '10.1.2.3\u202e\u0007', '10.1.2.3\\u202e\\u0007'],
  ['a long text', 'x'.repeat(1000), `${'x'.repeat(63)}…`],
  ['a number', 7, '7'],
  ['nothing', null, undefined],
  ['a list', ['10.1.2.3'], undefined],
])('a refusal is logged with its first value: %s', async (_, ip, value) => {
  const { status, line } = await logOf(createReview(withAddress(ip)));
  const [cause] = status?.details?.causes ?? [];
  expect(line).toMatchObject({ msg: 'denied', decision: 'denied' });
  expect(line?.first).toEqual({
    rule: /\[endpoints-webhook: ([a-z-]+)\]$/.exec(cause?.message ?? '')?.[1],
    field: cause?.field,
    ...(value !== undefined && { value }),
  });
});

test.each<[string, object, Parameters<typeof createReview>[1], object]>([
  [
    'a name that is still to be generated',
    generated,
    { name: undefined },
    { name: 'web-<generated>', generateName: 'web-' },
  ],
  [
    'one that was generated',
    { ...generated, name: 'web-x7k2p' },
    { name: 'web-x7k2p' },
    { name: 'web-x7k2p', generateName: 'web-' },
  ],
  ['one that the request alone has', generated, { name: 'web-x7k2p' }, { name: 'web-x7k2p', generateName: 'web-' }],
  ['one that the object alone has', { namespace: 'shop', name: 'web' }, { name: '' }, { name: 'web' }],
  ['one that was chosen beside a generateName', { ...generated, name: 'shop' }, { name: 'shop' }, { name: 'shop' }],
  ['a long one', { name: 'n'.repeat(1000) }, { name: '' }, { name: `${'n'.repeat(252)}…` }],
  ['none', {}, { name: '' }, { name: '' }],
])('the log names the object: %s', async (_, metadata, request, names) => {
  const { line } = await logOf(createReview({ ...bad, metadata }, request));
  const { name, generateName } = line ?? {};
  expect({ name, ...(generateName !== undefined && { generateName }) }).toEqual(names);
});

test('what is stored has a name that was generated once', async () => {
  const metadata = { ...generated, name: 'web-x7k2p' };
  const { line } = await logOf(updateReview({ ...bad, metadata }, { ...good, metadata }, { name: 'web-x7k2p' }));
  expect(line).toMatchObject({ decision: 'denied', name: 'web-x7k2p' });
  expect(line).not.toHaveProperty('generateName');
});

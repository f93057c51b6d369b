import { pino } from 'pino';
import { expect, test } from 'vitest';
import { defaultPolicy, type Policy } from '../../src/policy/policy.ts';
import { portRange } from '../../src/rules/port-range.ts';
import { answer } from '../../src/server/answer.ts';
import { createBudget, createShare, createUsage } from '../../src/server/budget.ts';
import { judgeReview } from '../../src/server/judge-review.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createReview, good } from '../support/webhook.ts';

const two = ['10.0.0.1', '10.0.0.2'].map((ip) => ({ addresses: [{ ip }], ports: [{ port: 80 }] }));
const body = Buffer.from(JSON.stringify(createReview({ ...good, subsets: two }, { uid: 'one' })));

const broken: Policy = {
  ...defaultPolicy(),
  checks: [
    {
      rule: {
        ...portRange,
        check() {
          throw new Error('a rule with a mistake in it');
        },
      },
      enforcement: 'deny',
      prepared: {},
    },
  ],
};

const limits = { bodyBytes: 1e6, inFlightBytes: 1e7, maxSharePerClient: 1 };
const share = createShare(createBudget(limits), createUsage(), 0);
const askAccess = () => expect.unreachable();

test.each(['validate', 'mutate'] as const)('an exception concerns one review only: %s', async (webhook) => {
  const lines: string[] = [];
  const metrics = createMetrics('0.0.0');
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const dependencies = { limits, log, mayLog: () => true, metrics, logDenials: true };
  const asked = { webhook, isAdopting: false, deadline: performance.now() + 60_000, share, isWanted: () => true };
  const nobody = { thread: { judge: () => expect.unreachable() }, wake: () => expect.unreachable() };
  const responseBy = async (policy: Policy) => {
    const call = { ...asked, inForce: { policy, askAccess } };
    const outcome = await judgeReview(body, call, nobody);
    if (outcome.outcome === 'aborted') return expect.unreachable();
    const { code, text } = await answer(outcome, call, dependencies);
    expect(code).toBe(200);
    return JSON.parse(text).response;
  };
  const response = await responseBy(broken);
  if (webhook === 'mutate') expect(response).toEqual({ uid: 'one', allowed: true });
  else expect(response).toMatchObject({ uid: 'one', allowed: false, status: { code: 500, reason: 'InternalError' } });
  expect(JSON.stringify(response)).not.toContain('a rule with a mistake');
  expect(lines.join()).toContain('a rule with a mistake in it');
  const counted = await metrics.registry.metrics();
  expect(counted).toContain('rejected_requests_total{reason="internal-error"} 1');
  expect(counted, 'no verdict').not.toMatch(/admission_requests_total\{.* [1-9]/);
  expect(await responseBy(defaultPolicy())).toMatchObject({ allowed: true });
});

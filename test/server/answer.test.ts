import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { AdmissionRequest } from '../../src/admission/request.ts';
import { defaultPolicy, type Policy } from '../../src/policy/policy.ts';
import { portRange } from '../../src/rules/port-range.ts';
import { answerReview } from '../../src/server/answer.ts';
import { createMetrics } from '../../src/server/metrics.ts';

const request: AdmissionRequest = {
  uid: 'one',
  operation: 'CREATE',
  resource: 'endpoints',
  kind: 'Endpoints',
  name: 'web',
  namespace: 'shop',
  requester: { user: 'alice', groups: [] },
  dryRun: false,
  object: {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { name: 'web' },
    subsets: ['10.0.0.1', '10.0.0.2'].map((ip) => ({ addresses: [{ ip }], ports: [{ port: 80 }] })),
  },
  previous: null,
};

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

const deadline = performance.now() + 60_000;
const askAccess = () => expect.unreachable();

test.each(['validate', 'mutate'] as const)('an exception concerns one review only: %s', async (webhook) => {
  const lines: string[] = [];
  const metrics = createMetrics('0.0.0');
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const judging = { policy: defaultPolicy(), log, mayLog: () => true, metrics, logDenials: true, askAccess };
  const answer = answerReview(webhook, request, { ...judging, policy: broken }, deadline);
  if (webhook === 'mutate') expect(answer).toEqual({ uid: 'one', allowed: true });
  else expect(answer).toMatchObject({ uid: 'one', allowed: false, status: { code: 500, reason: 'InternalError' } });
  expect(JSON.stringify(answer)).not.toContain('a rule with a mistake');
  expect(lines.join()).toContain('a rule with a mistake in it');
  const counted = await metrics.registry.metrics();
  expect(counted).toContain('rejected_requests_total{reason="internal-error"} 1');
  expect(counted, 'no verdict').not.toMatch(/admission_requests_total\{.* [1-9]/);
  expect(answerReview(webhook, request, judging, deadline)).toMatchObject({ allowed: true });
});

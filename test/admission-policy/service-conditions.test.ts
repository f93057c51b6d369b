import { expect, test } from 'vitest';
import { createServiceConditions } from '../../src/admission-policy/service-conditions.ts';
import { parsePolicy } from '../../src/policy/policy.ts';
import { review } from '../../src/review/review.ts';
import { wokenBy } from '../../src/review/woken-by.ts';
import { type ServiceContent, type ServiceWrite, serviceWrites } from '../e2e/support/service-writes.ts';
import { controller } from '../e2e/support/situation.ts';

// test/cel evaluates the conditions, and test/e2e makes the writes. Here: that the webhooks are called about all that the program would judge.

const { policy } = parsePolicy({
  ...{ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' },
  rules: { 'forbidden-port': { presets: ['control-plane'] } },
});

function whole(content: ServiceContent | undefined) {
  if (!content) return undefined;
  const { metadata, spec } = content;
  return {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: { ...metadata, name: 'web' },
    spec: { type: 'ClusterIP', ...spec },
  };
}

function judged({ before, after }: ServiceWrite) {
  const [object, previous] = [whole(after), whole(before)];
  const operation = previous ? 'UPDATE' : 'CREATE';
  const requester = { user: 'tenant', groups: [] };
  if (!policy) throw new Error('the policy cannot be read');
  const { allowed } = review(policy, { kind: 'Service', operation, namespace: 'shop', requester, object, previous });
  return { woken: wokenBy({ operation, object, previous }), allowed };
}

const tenantWrites = serviceWrites.filter(({ after, as }) => after && as !== controller);

test.each(tenantWrites)('$title: whoever could find something is called', (write) => {
  const { calls = [], verdict } = write;
  const { woken, allowed } = judged(write);
  if (woken === 'everything' || !allowed) expect(calls).toContain('judged');
  if (woken === 'unmanaged-slices') expect(calls).toContain('adopting');
  const findsNothing = allowed && woken === undefined;
  expect(findsNothing, 'nothing is found').toBe(calls.length === 0 || verdict === 'allowed');
});

test('both webhooks have the same conditions but for one, under names that differ', () => {
  const { judged: one, adopting: other } = createServiceConditions();
  expect(one.map(({ name }) => name)).toEqual(other.map(({ name }) => name));
  expect(new Set(one.map(({ name }) => name)).size).toBe(one.length);
  expect(one.filter(({ expression }, i) => expression === other[i]?.expression)).toHaveLength(one.length - 1);
});

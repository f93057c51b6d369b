import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { type Laid, layFloor, refusalBy } from '../support/floor.ts';
import { freshName, path, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { goodEndpoints } from '../support/objects.ts';
import { uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { happens } from '../support/situation.ts';
import { situations } from '../support/situations.ts';
import { type Specimen, specimens } from '../support/specimens.ts';
import { parsePolicy } from '../../../src/policy/policy.ts';

// No webhook is there: what is refused is refused by the API server's own validation, or by the floor.

const discovery = 'discovery.k8s.io/v1';
let namespace: string;

beforeAll(async () => {
  await uninstall().catch(() => {}); // of what another file has left over
  namespace = await freshNamespace('floor');
});

/** What an API server says of an object that somebody creates, dry. */
function create(kind: Specimen['kind'], object: unknown, as: As = tenant) {
  const url = kind === 'Endpoints' ? path(namespace, 'endpoints') : path(namespace, 'endpointslices', undefined, discovery);
  return api().post(`${url}?dryRun=All`, object, { as, timeout: 60_000 });
}

const policies = [...new Set(specimens().map(({ policy }) => policy))];

describe.each(policies.map((policy) => ({ policy, own: specimens().filter((one) => one.policy === policy) })))(
  'the floor of $policy',
  ({ policy, own }) => {
    let laid: Laid;
    beforeAll(async () => {
      laid = await layFloor(policy);
    });
    afterAll(async () => {
      await laid?.lift();
    });

    test.each(own)('$name', async ({ kind, object, denies }) => {
      const moved = { ...(object as object), metadata: { ...(object as { metadata: object }).metadata, namespace } };
      const answer = await create(kind, object && typeof object === 'object' ? moved : object);
      const refusal = refusalBy(laid.name, answer);
      if (denies.length === 0) expect(refusal).toBeUndefined();
      else expect(answer.status, answer.text).not.toBe(201);
      if (refusal === undefined) return;
      const [, rule] = /\[endpoints-webhook: ([a-z-]+)\]$/.exec(refusal) ?? [];
      expect(denies, refusal).toContain(rule);
    });
  },
);

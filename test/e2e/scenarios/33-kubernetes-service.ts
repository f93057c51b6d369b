import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kind } from '../../../src/endpoints/view.ts';
import { type As, api } from '../support/api.ts';
import { restartApiServer } from '../support/api-server.ts';
import { readEnvironment } from '../support/environment.ts';
import { keeper, keepers, kinds, pathOf } from '../support/names.ts';
import { needs } from '../support/needs.ts';
import { install, scale, uninstall } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { letKeeperWrite } from '../support/rights.ts';
import { timed, until } from '../support/until.ts';

// A restart with a changed address of the API server while no pod of ours runs, where somebody else than the API server keeps
// default/kubernetes: whoever it is on k0s, K3k, vCluster and HyperShift.

const { restartApiServerWith: restart = '' } = readEnvironment();
const given = needs(restart, 'give E2E_RESTART_API_SERVER_WITH=<command>');

describe('with all pods gone, and API servers that do not write default/kubernetes themselves', given, () => {
  beforeAll(async () => {
    await letKeeperWrite();
    await install({ shutdown: { drainSeconds: 1 } });
    await scale(0);
    await restartApiServer(restart, ['--endpoint-reconciler-type=none']);
  });

  afterAll(async () => {
    await restartApiServer(restart, ['--endpoint-reconciler-type=lease']);
    await until('the API server has put its own address back', async () => !(await addresses()).some(isMade));
    await uninstall().catch(() => {});
  });

  test.each(keepers.map((as, i) => ({ as, user: as.user, address: `203.0.113.${i + 1}` })))(
    '$user writes a new address of the API server into both objects',
    async ({ as, user, address }) => {
      const { seconds } = await timed(async () => {
        for (const kind of kinds) expect((await write(kind, as, address)).status).toBe(200);
      });
      expect(await addresses()).toEqual([address, address]);
      note('lock-out', `- No pods: ${user} changed \`default/kubernetes\` in ${inSeconds(seconds)}.`);
    },
  );

  test.each(kinds)('somebody else cannot, though RBAC lets them: %s', async (kind) => {
    const { status, text } = await write(kind, keeper, '203.0.113.99');
    expect(status).toBe(500);
    expect(text).toContain('failed calling webhook');
  });
});

const isMade = (address: string) => address.startsWith('203.0.113.');

/** As after the restart of an API server that has another address now. It would not write back another port. */
async function write(kind: Kind, as: As, address: string) {
  const object = pathOf(kind, 'default', 'kubernetes');
  const { body } = await api().get(object);
  const content =
    kind === 'Endpoints'
      ? { subsets: [{ ...body.subsets?.[0], addresses: [{ ip: address }] }] }
      : { endpoints: [{ addresses: [address], conditions: { ready: true } }] };
  return api().put(object, { ...body, ...content }, { as });
}

async function addresses(): Promise<readonly string[]> {
  const bodies = await Promise.all(kinds.map((kind) => api().get(pathOf(kind, 'default', 'kubernetes'))));
  return bodies.map(
    ({ body }) => body.subsets?.[0]?.addresses?.[0]?.ip ?? body.endpoints?.[0]?.addresses[0] ?? 'no address',
  );
}

import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { path, tenant } from '../support/names.ts';
import { beginPhase, phases } from '../support/phases.ts';
import { guarding, install } from '../support/release.ts';
import { note } from '../support/report.ts';
import { handWritten, seenTraffic, traffic } from '../support/traffic.ts';
import { pause, until } from '../support/until.ts';

beforeAll(async () => {
  const { namespace } = await traffic();
  const ended = beginPhase('install or upgrade');
  await install();
  await guarding(namespace);
  ended();
});

const targets = ['selected', 'hand-written'];

test('a tenant moves his hand-written Endpoints to another pod, and the traffic follows', async () => {
  const { namespace, addresses } = await traffic();
  const began = Date.now();
  const object = handWritten(addresses.two);
  const written = path(namespace, 'endpoints', 'hand-written');
  const { status, text } = await api().put(written, object, { as: tenant });
  expect(status, text).toBe(200);
  await until('the other pod alone has answered for two seconds', async () => {
    const { ok, pods } = await seenTraffic('hand-written', Date.now() - 2500, Date.now());
    return ok > 5 && pods.join() === 'two';
  });
  const moved = Date.now();
  await pause(3000);
  const { pods } = await seenTraffic('hand-written', moved, Date.now());
  const { failed } = await seenTraffic('hand-written', began, Date.now());
  expect({ failed, pods }).toEqual({ failed: [], pods: ['two'] });
});

test('an offending change of them is refused, and the traffic stays', async () => {
  const { namespace } = await traffic();
  const offending = { ...handWritten('2002:7f00:1::1') };
  const { status, text } = await api().put(path(namespace, 'endpoints', 'hand-written'), offending, { as: tenant });
  expect(status).toBe(422);
  expect(text).toContain('[endpoints-webhook: special-address]');
  const began = Date.now();
  await pause(2500);
  const { ok, failed, pods } = await seenTraffic('hand-written', began, Date.now());
  expect({ failed, pods }).toEqual({ failed: [], pods: ['two'] });
  expect(ok).toBeGreaterThan(5);
});

test.each(targets)('%s: every request was answered, whatever happened to the webhook', async (target) => {
  expect(phases().map(({ name }) => name)).not.toEqual([]);
  for (const { name, from, to } of phases()) {
    const { ok, failed } = await seenTraffic(target, from, to + 1000);
    note('traffic', `- ${target}, ${name}: ${ok} requests answered, ${failed.length} not.`);
    expect([name, failed]).toEqual([name, []]);
    expect(ok).toBeGreaterThan(0);
  }
});

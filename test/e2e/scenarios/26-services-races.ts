import { beforeAll, describe, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { expectNotInService } from '../support/attack.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { type JudgedKind, kinds } from '../support/kinds.ts';
import { freshName, path } from '../support/names.ts';
import { note } from '../support/report.ts';
import { controller } from '../support/situation.ts';
import { pause, until } from '../support/until.ts';

// A Service and what it would put into service, written at the same time, in either order.

const rounds = 500; // of each kind
const atOnce = 10;
const beforeLooking = 100; // a cluster may have addresses for 254 Services
const ports = [{ name: 'http', port: 8080 }];
const external = { type: 'ExternalName', externalName: 'www.example.com' };

let guarded: Guarded;
let namespace: string;
let tenant: As;

beforeAll(async () => {
  guarded = await guard({});
  ({ namespace, tenant } = await tenantNamespace('wakes'));
  const [kind] = kinds;
  const name = await store(kind as JudgedKind, freshName('gate'));
  await until('Services are judged', async () => (await createService(name, '?dryRun=All')).status === 403);
});

const services = (name?: string) => path(namespace, 'services', name);

const createService = (name: string, query = '') =>
  api().post(`${services()}${query}`, { metadata: { name }, spec: { ports } }, { as: tenant });

/** From before anybody judged. */
async function store(kind: JudgedKind, name: string): Promise<string> {
  const { status, text } = await api().post(kind.path(namespace), kind.object(name, guarded.victim.pod), {
    as: controller,
  });
  expect(status, text).toBe(201);
  return name;
}

describe.each(kinds)('$kind', (kind) => {
  const create = (name: string) =>
    api().post(kind.path(namespace), kind.object(name, guarded.victim.pod), { as: tenant });
  const remove = (name: string) => api().delete(kind.path(namespace, name), { as: tenant });
  const touch = (name: string, i: number) =>
    api().patch(kind.path(namespace, name), { metadata: { annotations: { i: `${i}` } } }, { as: tenant });

  /** What a tenant does to the object meanwhile. */
  const others: readonly ((name: string, round: number) => Promise<unknown>)[] = [
    (name, round) => touch(name, round),
    async (name) => {
      await remove(name);
      await create(name);
    },
    async (name, round) => {
      await Promise.all([touch(name, round), remove(name)]);
      await Promise.all([create(name), touch(name, round + 1)]);
    },
    async (name) => {
      await create(name);
      await remove(name);
    },
  ];

  /** Whether the Service was taken. */
  async function race(round: number): Promise<{ readonly name: string; readonly isTaken: boolean }> {
    const name = freshName('raced');
    if (round % 5 > 0) await store(kind, name);
    const wasExternal = round % 2 === 1;
    if (wasExternal) await api().post(services(), { metadata: { name }, spec: external }, { as: tenant });
    const wake = () =>
      wasExternal
        ? api().patch(services(name), { spec: { type: 'ClusterIP', externalName: null, ports } }, { as: tenant })
        : createService(name);
    const later = async <T>(work: () => Promise<T>) => {
      await pause(Math.random() * 20);
      return work();
    };
    const [{ status }] = await Promise.all([
      later(wake),
      later(async () => others[round % others.length]?.(name, round)),
    ]);
    const isTaken = status < 300;
    const { text } = await api().get(kind.path(namespace, name));
    if (isTaken) expect(text, `round ${round}`).not.toContain(`"${guarded.victim.pod}"`);
    return { name, isTaken };
  }

  test(`${rounds} races leave nothing unjudged`, async () => {
    let taken = 0;
    for (let round = 0; round < rounds; round += beforeLooking) {
      const names: string[] = [];
      for (let first = round; first < round + beforeLooking; first += atOnce) {
        const raced = await Promise.all(Array.from({ length: atOnce }, (_, i) => race(first + i)));
        names.push(...raced.filter(({ isTaken }) => isTaken).map(({ name }) => name));
      }
      for (const name of names) await expectNotInService(namespace, name, guarded.victim.pod, 1);
      taken += names.length;
      await api().delete(services()); // all of them
    }
    expect(taken, 'some are taken').toBeGreaterThan(0);
    expect(taken, 'some are refused').toBeLessThan(rounds);
    note(
      'bypass',
      `- ${kind.kind}: of ${rounds} Services that raced what they would put into service ${taken} were taken, once it was gone; none led to another tenant's pod.`,
    );
  });
});

import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isFields } from '../../src/json/fields.ts';
import type { FakeCluster } from '../support/fake-cluster.ts';
import { startFollowedWebhook } from '../support/followed-webhook.ts';
import { creating, endpointsOf, forbidden, places, sliceOf, updating } from '../support/waking.ts';
import { createReview, type Response, updateReview } from '../support/webhook.ts';

const rounds = 1000;
const atOnce = 8;
const [bad, good] = ['10.200.1.5', '10.1.2.3'];

interface Stored {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** As an API server writes: a webhook is asked, and what it allows is stored unless somebody was faster. */
function writer(ask: (path: string, review: unknown) => Promise<Response>, cluster: FakeCluster, namespace: string) {
  const { Endpoints, EndpointSlice } = places;
  const find = ({ kind, metadata }: Stored): Stored | undefined => {
    const objects: readonly unknown[] = cluster.objects(kind === 'Endpoints' ? Endpoints : EndpointSlice);
    return objects
      .filter(isStored)
      .find((found) => found.metadata.namespace === namespace && found.metadata.name === metadata.name);
  };
  const placed = (object: Stored): Stored => ({ ...object, metadata: { ...object.metadata, namespace } });
  const put = (object: Stored) => cluster.put(places[object.kind as keyof typeof places], placed(object));
  const resourceOf = ({ kind }: Stored) =>
    kind === 'Endpoints'
      ? { group: '', version: 'v1', resource: 'endpoints' }
      : { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
  return {
    put,
    find,
    async create(object: Stored) {
      if (find(object)) return;
      const request = { namespace, resource: resourceOf(object), name: object.metadata.name };
      const { allowed } = await ask('/validate', createReview(placed(object), request));
      if (allowed && !find(object)) put(object);
    },
    /** Leaves everything as it is. */
    async touch(object: Stored) {
      const before = find(object);
      if (!before) return;
      const request = { namespace, resource: resourceOf(object), name: object.metadata.name };
      const { allowed } = await ask('/validate', updateReview(before, before, request));
      if (allowed && JSON.stringify(find(object)) === JSON.stringify(before)) put(before);
    },
    remove: ({ kind, metadata }: Stored) =>
      cluster.remove(places[kind as keyof typeof places], `${namespace}/${metadata.name}`),
  };
}

function isStored(object: unknown): object is Stored {
  return isFields(object) && isFields(object.metadata);
}

/** Numbers from 0 to below `most` that are the same in each run. */
function createNumbers(seed: number) {
  let state = seed;
  return (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

test(`of ${rounds} races between a Service and what it would put into service none leaves anything unjudged`, async () => {
  const { agent, pool, cluster } = await startFollowedWebhook({ policy: forbidden, serve: { maxSharePerClient: 1 } });
  const sockets = pool(3 * atOnce);
  const ask = async (path: string, review: unknown): Promise<Response> => {
    const { body } = await agent
      .post(path)
      .agent(sockets)
      .set('Content-Type', 'application/json')
      .send(JSON.stringify(review));
    return body.response;
  };
  const seen = { allowed: 0, refused: 0 };
  const race = async (round: number) => {
    const numbers = createNumbers(round);
    const namespace = `shop-${round}`;
    const write = writer(ask, cluster, namespace);
    const make = numbers(2) === 0 ? endpointsOf : sliceOf;
    const [offending, harmless] = [make(bad), make(good)];
    if (numbers(4) > 0) write.put(offending); // from before anybody judged
    const service = async () => {
      const review =
        numbers(2) === 0 ? creating({}, { namespace }) : updating({}, { selector: { a: 'b' } }, { namespace });
      return (await ask('/validate', review)).allowed;
    };
    const others = [
      async () => {
        write.remove(offending);
        await write.create(offending);
      },
      () => write.touch(offending),
      async () => {
        write.remove(offending);
        await write.create(harmless);
        await write.create(offending);
      },
    ];
    const later = async <T>(work: () => Promise<T>) => {
      for (let ticks = numbers(40); ticks > 0; ticks--) await tick();
      return work();
    };
    const other = others[numbers(others.length)] ?? others[0];
    const [isInService] = await Promise.all([
      later(service),
      other && later(other),
      later(() => write.touch(offending)),
    ]);
    seen[isInService ? 'allowed' : 'refused']++;
    const isThere = JSON.stringify(write.find(offending) ?? {}).includes(`"${bad}"`);
    expect(isInService && isThere, `round ${round}`).toBe(false);
    write.remove(offending); // makes the next rounds faster
  };
  for (let round = 0; round < rounds; round += atOnce)
    await Promise.all(Array.from({ length: atOnce }, (_, i) => race(round + i)));
  sockets.destroy();
  expect(seen.allowed, 'both happen').toBeGreaterThan(50);
  expect(seen.refused, 'both happen').toBeGreaterThan(50);
}, 300_000);

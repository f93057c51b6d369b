import { afterEach, beforeEach, expect, test } from 'vitest';
import { audit } from '../../src/cli/audit.ts';
import { livePod, podEndpoints, service } from '../support/cluster.ts';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster();
});
afterEach(() => cluster.close());

const put = (plural: string, ...objects: readonly object[]) => {
  for (const object of objects) cluster.put(`/api/v1/${plural}`, object);
};

/** The findings as lines of text, and the exit code. */
async function run(namespace?: string) {
  let lines = '';
  const io = { out: (text: string) => (lines += text), err: () => {}, input: async () => '' };
  const asked = { kubeconfig: cluster.kubeconfig, output: 'text' as const, timeout: 2000 };
  const code = await audit({ ...asked, ...(namespace !== undefined && { namespace }) }, '1.2.3', io);
  return { code, lines: lines.split('\n').filter((line) => /\[(?:stale-address|changed-hands)\]$/.test(line)) };
}

const changed =
  'shop/web (Endpoints): warning: subsets[0].addresses[0].ip: "10.1.1.2" is listed as a pod\'s address, and a pod of another namespace has it now: delete the object, or give the Service its selector back [changed-hands]';
const stale =
  'shop/web (Endpoints): warning: subsets[0].addresses[0].ip: "10.1.1.2" is listed as a pod\'s address, but no live pod of the namespace has it: delete the object, or give the Service its selector back [stale-address]';

test('a pod’s address that a pod of another namespace has by now has changed hands; whose it is, is not said', async () => {
  put('services', service('shop', 'web'));
  put('pods', livePod('bank', 'db', '10.1.1.2'));
  put('endpoints', podEndpoints('shop', 'web', '10.1.1.2'));
  expect(await run()).toEqual({ code: 0, lines: [changed] });
});

test.each([
  ['its own namespace', livePod('shop', 'db', '10.1.1.2'), []],
  ['both namespaces', [livePod('shop', 'db', '10.1.1.2'), livePod('bank', 'db', '10.1.1.2')], []],
  ['nobody', [], [stale]],
  ['a pod that has ended', livePod('bank', 'db', '10.1.1.2', { phase: 'Succeeded' }), [stale]],
  ['a pod in its node’s network, which shares it', livePod('bank', 'db', '10.1.1.2', { hostNetwork: true }), [stale]],
])('it has not where it is the address of %s', async (_, pods, lines) => {
  put('services', service('shop', 'web'));
  put('pods', ...[pods].flat());
  put('endpoints', podEndpoints('shop', 'web', '10.1.1.2'));
  expect((await run()).lines).toEqual(lines);
});

test('a controller that keeps the object up is about to write another', async () => {
  put('services', service('shop', 'web', { app: 'web' }));
  put('pods', livePod('bank', 'db', '10.1.1.2'));
  put('endpoints', podEndpoints('shop', 'web', '10.1.1.2'));
  expect((await run()).lines).toEqual([]);
});

test('an object has both kinds, each counted by itself', async () => {
  put('services', service('shop', 'web'));
  put('pods', livePod('bank', 'db', '10.1.1.2'));
  put('endpoints', podEndpoints('shop', 'web', '10.1.1.2', '10.1.1.3', '10.1.1.4'));
  expect((await run()).lines).toEqual([
    stale
      .replace('addresses[0].ip: "10.1.1.2"', 'addresses[1].ip: "10.1.1.3"')
      .replace(' [stale', '; and 1 place more of this object [stale'),
    changed,
  ]);
});

test('a pod of the own namespace that starts while the objects are read explains it', async () => {
  put('services', service('shop', 'web'));
  put('pods', livePod('bank', 'db', '10.1.1.2'));
  put('endpoints', podEndpoints('shop', 'web', '10.1.1.2'));
  cluster.fault = ({ collection }) => {
    if (collection === '/api/v1/endpoints') {
      cluster.remove('/api/v1/pods', 'bank/db');
      put('pods', livePod('shop', 'db', '10.1.1.2'));
    }
    return false;
  };
  expect((await run()).lines).toEqual([]);
});

test('of one namespace alone, whose address it is now is not known', async () => {
  put('services', service('shop', 'web'));
  put('pods', livePod('bank', 'db', '10.1.1.2'));
  put('endpoints', podEndpoints('shop', 'web', '10.1.1.2'));
  expect((await run('shop')).lines).toEqual([stale]);
});

import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/endpoints/address.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';
import { createClusterStore } from '../../src/state/cluster-store.ts';
import { apiServer, foreign, node, own, service } from '../support/holders.ts';

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return address;
}

const [first, second] = ['10.244.1.5', '10.244.2.9'];

test('a kind is known once it was listed to its end, and only that', () => {
  const { state, sinks } = createClusterStore();
  const known = () =>
    (['pods', 'services', 'servicecidrs', 'nodes', 'endpointslices'] as const).filter(
      (one) => state.unknown(one) === undefined,
    );
  sinks.pods.begin();
  sinks.pods.put(foreign()(first));
  expect(known()).toEqual([]);
  expect(state.unknown('pods')).toBe('the pods of the cluster are not known yet');
  sinks.pods.end();
  sinks.pods.begin();
  expect(known()).toEqual(['pods']);
  sinks.servicecidrs.end();
  expect(known()).toEqual(['pods', 'servicecidrs']);
});

test('a list takes away what it does not name, of its kind alone', () => {
  const { state, sinks, count } = createClusterStore();
  sinks.pods.put(own({ name: 'a' })(first));
  sinks.pods.put(own({ name: 'b' })(second));
  sinks.nodes.put(node('InternalIP')(first));
  sinks.pods.begin();
  sinks.pods.put(own({ name: 'b' })(second));
  expect(state.podsAt(addressOf(first))).toHaveLength(1);
  sinks.pods.end();
  expect([first, second].map((text) => state.podsAt(addressOf(text)).length)).toEqual([0, 1]);
  expect([state.nodeAt(addressOf(first)), count('pods'), count('nodes')]).toEqual(['node', 1, 1]);
});

test('a pod that ends, or loses its address, gives it back; one that is made anew has another', () => {
  const { state, sinks, pods } = createClusterStore();
  const holders = (text: string) => state.podsAt(addressOf(text)).map(({ namespace, name }) => `${namespace}/${name}`);
  sinks.pods.put(foreign({ name: 'db' })(first));
  sinks.pods.put(own({ name: 'db' })(first));
  expect(holders(first)).toEqual(['bank/db', 'shop/db']);
  sinks.pods.put(foreign({ name: 'db', phase: 'Succeeded' })(first));
  expect(holders(first)).toEqual(['shop/db']);
  sinks.pods.put(own({ name: 'db' })(second));
  expect([holders(first), holders(second)]).toEqual([[], ['shop/db']]);
  sinks.pods.remove(own({ name: 'db' })(second));
  expect([...pods]).toEqual([]);
});

test('an object without a name, or whose names are none, is passed over', () => {
  const { sinks, count } = createClusterStore();
  for (const metadata of [undefined, null, {}, { name: '' }, { name: 7 }, { name: 'p', namespace: 7 }, []])
    for (const sink of Object.values(sinks)) {
      sink.put({ metadata, status: { podIP: first } });
      sink.remove({ metadata });
    }
  expect(count('pods')).toBe(0);
});

test('what each kind is counted as', () => {
  const store = createClusterStore();
  store.sinks.services.put(service('bank', (ip) => ({ spec: { clusterIP: ip, externalIPs: [ip] } }))(first));
  store.sinks.endpointslices.put(apiServer(second));
  store.sinks.servicecidrs.put({ metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16', 'fd00::/112'] } });
  store.sinks.nodes.put({ metadata: { name: 'n' }, spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] } });
  expect((['services', 'endpointslices', 'servicecidrs'] as const).map(store.count)).toEqual([1, 1, 1]);
  expect(store.networks).toEqual({ nodePods: ['10.244.0.0/24'], services: ['10.96.0.0/16', 'fd00::/112'] });
  expect(store.state.servicesAt(addressOf(first)).map(({ as }) => as)).toEqual(['cluster IP', 'external IP']);
});

test('a kind of which nothing is kept is a mistake of whoever lists it', () => {
  expect(() => clusterOf([{ kind: 'ConfigMap', metadata: { name: 'x' } }])).toThrow(
    'nothing is kept of the kind ConfigMap',
  );
  expect(() => clusterOf([{ kind: 'constructor' }])).toThrow('nothing is kept of the kind constructor');
});

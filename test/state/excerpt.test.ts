import { describe, expect, test } from 'vitest';
import { type AddressKey, addressKey, parseAddress } from '../../src/endpoints/address.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';
import { excerptOf, outlineOf, recallCluster } from '../../src/state/excerpt.ts';

const metadata = (namespace: string, name: string) => ({ metadata: { namespace, name } });

const pods = Array.from({ length: 5000 }, (_, i) => ({
  kind: 'Pod',
  ...metadata(`team-${i % 3}`, `pod-${i}`),
  status: { podIP: `10.1.${i >> 8}.${i & 255}` },
}));

const cluster = clusterOf([
  ...pods,
  { kind: 'Pod', ...metadata('team-9', 'agent'), spec: { hostNetwork: true }, status: { podIP: '192.0.2.1' } },
  { kind: 'Node', ...metadata('', 'worker'), status: { addresses: [{ address: '192.0.2.1' }] } },
  { kind: 'Service', ...metadata('a', 'b'), spec: { clusterIP: '10.96.0.1', externalIPs: ['10.1.0.1'] } },
]);

const networks = { nodePods: ['10.1.0.0/16'], services: ['10.96.0.0/16'] };

const address = (text: string) => {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

const texts = [
  ...pods.map(({ status }) => status.podIP),
  '192.0.2.1',
  '10.96.0.1',
  '10.96.0.2',
  '203.0.113.1',
  'fd00::1',
];

/** As another thread sees it: what is handed over is cloned. */
function recall(keys: readonly AddressKey[]) {
  const questions: number[] = [];
  const state = recallCluster(structuredClone(outlineOf(cluster, networks)), keys, (some) => {
    questions.push(some.length);
    return structuredClone(excerptOf(cluster, some));
  });
  return { state, questions };
}

describe('what is recalled of a cluster', () => {
  const keys = texts.map((text) => addressKey(address(text)));
  const { state, questions } = recall([...keys, ...keys]);

  test('is asked for in parts', () => {
    expect(questions.every((count) => count <= 2000)).toBe(true);
    expect(questions.length).toBeGreaterThan(2);
  });

  test('is all that rules look at', () => {
    for (const one of texts.map(address)) {
      const nameless = (holders: readonly object[]) =>
        holders.map((holder) => expect.objectContaining({ ...pick(holder) }));
      expect(state.podsAt(one)).toEqual(nameless(cluster.podsAt(one)));
      expect(state.servicesAt(one)).toEqual(nameless(cluster.servicesAt(one)));
      expect(state.nodeAt(one)).toBe(cluster.nodeAt(one));
    }
    expect(state.nodePodNetworkOf(address('10.1.2.3'))).toBe('10.1.0.0/16');
    expect(state.serviceNetworkOf(address('10.96.0.2'))).toBe('10.96.0.0/16');
    expect(state.podsAt(address('203.0.113.9'))).toEqual([]);
  });

  test('is kept once where it is the same for many addresses', () => {
    const kept = new Set(pods.map(({ status }) => state.podsAt(address(status.podIP))));
    expect(kept.size).toBeLessThanOrEqual(4);
  });
});

test('what is unknown, and could not be asked, is handed on', () => {
  const unknown = { ...cluster, unknown: () => 'nothing was read', unconfirmed: 'nobody answered' };
  const state = recallCluster(structuredClone(outlineOf(unknown, networks)), [], () => excerptOf(cluster, []));
  expect(state.unknown('pods')).toBe('nothing was read');
  expect(state.unconfirmed).toBe('nobody answered');
  expect(recall([]).state.unknown('pods')).toBeUndefined();
});

function pick(holder: object): object {
  const { name: _, keys: __, ...rest } = holder as Readonly<Record<string, unknown>>;
  return rest;
}

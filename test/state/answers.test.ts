import { expect, test } from 'vitest';
import { type AddressKey, addressKey, parseAddress } from '../../src/endpoints/address.ts';
import type { PodHolder } from '../../src/endpoints/cluster-state.ts';
import { withAnswers } from '../../src/state/answers.ts';
import { createClusterStore } from '../../src/state/cluster-store.ts';

const podOf = (name: string, ...ips: readonly string[]) => ({
  metadata: { namespace: 'bank', name },
  status: { podIPs: ips.map((ip) => ({ ip })) },
});

const address = (text: string) => {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

const [first, second] = [address('10.1.1.1'), address('fd00::1')];

function startWith(...pods: readonly object[]) {
  const store = createClusterStore();
  for (const pod of pods) store.sinks.pods.put(pod);
  store.sinks.pods.end();
  const gone = new Map([[addressKey(first), store.state.podsAt(first)]]);
  return { ...store, gone };
}

const none: ReadonlyMap<AddressKey, readonly PodHolder[]> = new Map();
const names = (pods: readonly PodHolder[]) => pods.map(({ name }) => name);

test('who is gone has that address no more, and still has the others', () => {
  const { state, gone } = startWith(podOf('a', '10.1.1.1', 'fd00::1'));
  const answered = withAnswers(state, { gone, found: none });
  expect([first, second].map((one) => names(answered.podsAt(one)))).toEqual([[], ['a']]);
});

test('who comes back after the answer has it again, and so has whoever comes next', () => {
  const { state, sinks, gone } = startWith(podOf('a', '10.1.1.1'));
  const answered = withAnswers(state, { gone, found: none });
  sinks.pods.remove(podOf('a'));
  sinks.pods.put(podOf('b', '10.1.1.1'));
  expect(names(answered.podsAt(first))).toEqual(['b']);
  sinks.pods.put(podOf('a', '10.1.1.1'));
  expect(names(answered.podsAt(first))).toEqual(['b', 'a']);
});

test('who was found has it, and nothing of it is kept', () => {
  const { state } = startWith();
  const pod = { namespace: 'shop', name: 'web-0', hostNetwork: false };
  const answered = withAnswers(state, { gone: none, found: new Map([[addressKey(first), [pod]]]) });
  expect(answered.podsAt(first)).toEqual([pod]);
  expect(state.podsAt(first)).toEqual([]);
});

test('what could not be asked stays said when more is asked', () => {
  const { state } = startWith();
  const answered = withAnswers(state, { gone: none, found: none, unconfirmed: 'nobody answered' });
  expect(withAnswers(answered, { gone: none, found: none }).unconfirmed).toBe('nobody answered');
});

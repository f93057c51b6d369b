import { addressOf } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import { quote } from '../endpoints/quote.ts';
import { targetOf } from '../endpoints/target.ts';
import type { EndpointAddress, View } from '../endpoints/view.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import type { Documentation } from '../rules/rule.ts';
import { changedHands, isForeignPods } from './changed-hands.ts';
import { type Found, Gathering, writtenValue } from './found.ts';
import { isControlled, type Subject } from './subject.ts';
import { areOwnPods, keyOfAddress } from './targets.ts';

/** The one rule that only an audit can check: whoever writes an object may well be ahead of its pods. */
export const staleAddress: Documentation = {
  id: 'stale-address',
  title: 'Objects that no controller keeps up to date list no pods that are gone.',
  why: `
    Addresses that no controller keeps up to date stay when the pods go, and whichever pod gets such an address next gets the
    traffic. Nobody keeps up what belongs to a Service that has lost its selector or was made anew without one, slices that
    somebody wrote or took over from the controller of Kubernetes, and objects that were deleted, as long as a finalizer keeps
    them: proxies go on serving these, so all their addresses count, whoever is said to have them.
  `,
  remedy: 'delete the object, or give the Service its selector back',
  source: {
    text: 'Kubernetes documentation, Services without selectors',
    url: 'https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors',
  },
  fields: ['subsets[*].addresses[*]', 'subsets[*].notReadyAddresses[*]', 'endpoints[*].addresses[*]'],
  enforcement: 'warn',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
};

/**
 * Addresses that no live pod of the namespace has: of objects that were deleted all, and of those that nobody keeps up those of pods.
 * Those of pods that a pod of another namespace has by now have changed hands.
 */
export function findStaleAddresses(
  subject: Subject,
  object: Fields,
  view: () => View,
  cluster: ClusterState,
): readonly Found[] {
  const metadata = fieldsOf(object.metadata);
  const wasDeleted = metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null;
  if (!wasDeleted && isKeptUp(subject, metadata)) return [];
  const describe = wasDeleted ? leftByDeletion : leftByPod;
  const [stale, changed] = [new Gathering(), new Gathering()];
  for (const { addresses } of view().subsets)
    for (const address of addresses) {
      const key = keyOfAddress(address);
      const wasPods = key !== undefined && targetOf(address).kind === 'Pod';
      if (!(wasDeleted || wasPods)) continue;
      if (areOwnPods(cluster, subject.namespace, [key], false)) continue;
      const isChanged = wasPods && isForeignPods(cluster, subject, addressOf(key));
      const finding = () => ({ path: address.path.steps, ...describe(address, isChanged) });
      (isChanged ? changed : stale).add([key], () => ({ finding: finding(), ...writtenValue(address.text) }));
    }
  return [...asFound(subject, staleAddress, stale), ...asFound(subject, changedHands, changed)];
}

function asFound(subject: Subject, rule: Documentation, { items, rest, count }: Gathering): readonly Found[] {
  return count === 0 ? [] : [{ subject, rule, enforcement: 'warn', items, rest, count }];
}

/** Whether a controller of Kubernetes writes it anew when pods go, or Services could not be read. */
function isKeptUp(subject: Subject, metadata: Fields): boolean {
  return subject.service === 'unknown' || isControlled(subject, metadata);
}

function leftByPod({ text }: EndpointAddress, isChanged: boolean) {
  return {
    message: `${quote(text)} is listed as a pod's address, ${isChanged ? `and ${anothers}` : 'but no live pod of the namespace has it'}`,
  };
}

function leftByDeletion({ text }: EndpointAddress, isChanged: boolean) {
  return {
    message: `${quote(text)} is still served by an object that was deleted, and ${isChanged ? anothers : 'no live pod of the namespace has it'}`,
    remedy: 'take the finalizers away that keep the object',
  };
}

/** Tenants may read it: whose pod that is is not said. */
const anothers = 'a pod of another namespace has it now';

import { quote } from '../endpoints/quote.ts';
import { targetOf } from '../endpoints/target.ts';
import type { View } from '../endpoints/view.ts';
import type { Documentation } from '../rules/rule.ts';
import { type Found, Gathering, type Subject } from './found.ts';
import { areOwnPods, keyOfAddress, type Pods } from './pods.ts';

/** The one rule that only an audit can check: whoever writes an object may well be ahead of its pods. */
export const staleAddress: Documentation = {
  id: 'stale-address',
  title: 'Objects that no controller keeps up to date list no pods that are gone.',
  why: `
    Without a selector, no controller keeps the addresses up to date. Where a Service has lost its selector, or was made anew without
    one, its addresses stay when the pods go, and whichever pod gets such an address next gets the traffic.
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

/** Endpoints that name a pod and have an address that no live pod of the namespace has. Only where no selector keeps them up. */
export function findStaleAddresses(subject: Subject, view: () => View, pods: Pods): Found | undefined {
  if (subject.service !== 'without selector' && subject.service !== 'none') return undefined;
  const violations = new Gathering();
  for (const { addresses } of view().subsets)
    for (const address of addresses) {
      const key = keyOfAddress(address);
      if (key === undefined || targetOf(address).kind !== 'Pod') continue;
      if (areOwnPods(pods, subject.namespace, [key], false)) continue;
      violations.add([key], () => ({
        path: address.path.steps,
        message: `${quote(address.text)} is listed as a pod's address, but no live pod of the namespace has it`,
      }));
    }
  const { items, rest, count } = violations;
  return count === 0 ? undefined : { subject, rule: staleAddress, enforcement: 'warn', items, rest, count };
}

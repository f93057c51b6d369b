import { type Fields, fieldsOf } from '../endpoints/fields.ts';
import { type Path, quote } from '../endpoints/finding.ts';
import type { Kind } from '../endpoints/view.ts';
import type { Documentation } from '../rules/rule.ts';
import { type Found, Gathering, type Subject } from './found.ts';
import { areOwnPods, keyOf, type Pods } from './pods.ts';

/** The one demand that only an audit can make: whoever writes an object may well be ahead of its pods. */
export const staleAddress: Documentation = {
  id: 'stale-address',
  title: 'No object that nobody keeps up lists a pod that is gone.',
  why: `
    Without a selector no controller keeps the addresses up: where a Service has lost its selector, or was made anew without one, what
    was written for it stays when the pods go, and whoever gets the address next gets the traffic.
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

/** Entries that name a pod and hold an address that no live pod of the namespace has. Only where no selector keeps them up. */
export function findStaleAddresses(subject: Subject, object: unknown, pods: Pods): Found | undefined {
  if (subject.service !== 'without selector' && subject.service !== 'none') return undefined;
  const places = new Gathering();
  for (const { text, path } of podAddresses(subject.kind, fieldsOf(object))) {
    const key = keyOf(text);
    if (key === undefined || areOwnPods(pods, subject.namespace, [key], false)) continue;
    places.add([key], () => ({
      path: path(),
      message: `${quote(text)} is said to be a pod's, and no live pod of the namespace has it`,
    }));
  }
  const { items, rest, count } = places;
  return count === 0 ? undefined : { subject, rule: staleAddress, enforcement: 'warn', items, rest, count };
}

interface PodAddress {
  readonly text: unknown;
  readonly path: () => Path;
}

function* podAddresses(kind: Kind, object: Fields): Iterable<PodAddress> {
  if (kind === 'EndpointSlice') {
    for (const [i, endpoint] of listOf(object.endpoints).entries())
      if (isOfPod(endpoint))
        for (const [j, text] of listOf(fieldsOf(endpoint).addresses).entries())
          yield { text, path: () => ['endpoints', i, 'addresses', j] };
    return;
  }
  for (const [i, subset] of listOf(object.subsets).entries())
    for (const list of ['addresses', 'notReadyAddresses'])
      for (const [j, item] of listOf(fieldsOf(subset)[list]).entries())
        if (isOfPod(item)) yield { text: fieldsOf(item).ip, path: () => ['subsets', i, list, j] };
}

function isOfPod(item: unknown): boolean {
  return fieldsOf(fieldsOf(item).targetRef).kind === 'Pod';
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import { createEmbeddedReader, parseNat64Prefix, type ReadEmbedded } from '../endpoints/embedded-ipv4.ts';
import { clusterRules } from './cluster-needs.ts';
import type { Policy } from './policy.ts';

/** Each way in which a rule that has to know the cluster looks for IPv4 addresses inside IPv6 ones. Mostly one. */
export function embeddedReaders(policy: Pick<Policy, 'settings'>): readonly ReadEmbedded[] {
  const { rules, namespaces } = policy.settings;
  const all = [rules, ...namespaces.map((entry) => entry.rules)];
  const lists = clusterRules(policy).flatMap(({ id }) => all.map((one) => textsOf(one[id]?.nat64Prefixes)));
  const distinct = new Map(lists.map((list) => [list.join(), list]));
  return [...distinct.values()].map((list) => createEmbeddedReader(list.map(parseNat64Prefix)));
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

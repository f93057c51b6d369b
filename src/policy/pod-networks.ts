import type { Address } from '../endpoints/address.ts';
import { readNetwork } from '../endpoints/network.ts';
import { createNetworkSet, type NetworkSet } from '../endpoints/network-set.ts';
import { forbiddenNetwork } from '../rules/forbidden-network.ts';
import { unclaimedAddress } from '../rules/unclaimed-address.ts';
import { checksFor, type Policy } from './policy.ts';

/** Where pods are by `unclaimed-address`, in whatever namespace; `undefined` where the rule is off everywhere. */
export function podNetworksOf(
  { settings }: Pick<Policy, 'settings'>,
  nodePodNetworks: readonly string[],
): NetworkSet | undefined {
  const { id } = unclaimedAddress;
  const all = [settings.rules[id], ...settings.namespaces.map(({ rules }) => rules[id])];
  if (!all.some((one) => (one?.enforcement ?? 'none') !== 'none')) return undefined;
  const ofNodes = all.some((one) => textsOf(one?.presets).includes('node-pod-cidrs'));
  const texts = [...all.flatMap((one) => textsOf(one?.networks)), ...(ofNodes ? nodePodNetworks : [])];
  return createNetworkSet(texts.flatMap((text) => readNetwork(text) ?? []));
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/** The network that `forbidden-network` forbids an object of the namespace to list the address for, as it is written. */
export function forbiddenNetworkOf(policy: Policy, namespace: string, address: Address): string | undefined {
  const check = checksFor(policy, namespace).find(({ rule }) => rule.id === forbiddenNetwork.id);
  const { forbidden } = check?.prepared ?? {};
  return isNetworkSet(forbidden) ? forbidden.find(address)?.text : undefined;
}

function isNetworkSet(value: unknown): value is NetworkSet {
  return typeof value === 'object' && value !== null && 'find' in value;
}

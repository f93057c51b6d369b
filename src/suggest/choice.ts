import type { Address } from '../endpoints/address.ts';
import { formatAddress, type Network, parseNetwork } from '../endpoints/network.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { presetNetworks } from '../rules/presets/networks.ts';
import { cover } from './cover.ts';
import { mergeNamed, type NamedNetwork, outermost } from './named-network.ts';

/** A network, what speaks for it, and what against it. */
export interface Entry extends NamedNetwork {
  readonly objection?: string | undefined;
}

/** Networks to list in a policy, and those that are left out, each with its objection. */
export interface Choice {
  readonly listed: readonly Entry[];
  readonly left: readonly Entry[];
  /** Said where there are so many that none is listed. */
  readonly excess?: string | undefined;
}

/** More would be no policy that a person can read. */
export const maxNetworks = 256;

/** Of pods or of Services. */
export interface Candidates {
  /** What something in the cluster names. */
  readonly named: readonly NamedNetwork[];
  /** What lies in them, and what that is called: "addresses of pods". */
  readonly addresses: readonly Address[];
  readonly what: string;
  /** Networks that explain addresses, but need not be listed. */
  readonly known: readonly Network[];
  /** Addresses of Nodes and API servers. */
  readonly machines: readonly Address[];
  /** Why networks cannot be inferred from addresses. */
  readonly sharing?: string | undefined;
}

/**
 * Left out is what Nodes have addresses in, since other machines may have, too, and what nobody uses, where others are used. Addresses
 * that nothing explains are covered by networks that are inferred.
 */
export function chooseNetworks(candidates: Candidates): Choice {
  const merged = mergeNamed(candidates.named);
  if (merged.length > maxNetworks) return tooMany(merged.length);
  const named = merged.map((one) => entryOfNamed(one, candidates));
  const explained = createNetworkSet([...named.filter(isListed).map(({ network }) => network), ...candidates.known]);
  const rest = candidates.addresses.filter((address) => explained.find(address) === undefined);
  const covers = cover(rest).filter(({ text }) => !merged.some(({ network }) => network.text === text));
  if (covers.length > maxNetworks) return tooMany(covers.length);
  const all = [...named, ...covers.map((network) => entryOfInferred(network, rest, candidates))];
  return { listed: outermost(all.filter(isListed)), left: all.filter((entry) => !isListed(entry)) };
}

function tooMany(count: number): Choice {
  return { listed: [], left: [], excess: `${count} networks, which is too many to list` };
}

function isListed({ objection }: Entry): boolean {
  return objection === undefined;
}

function entryOfNamed({ network, sources }: NamedNetwork, { addresses, what, machines }: Candidates): Entry {
  const all = addresses.filter(({ family }) => family === network.first.family).length;
  const inside = countInside(network, addresses);
  const unused = all > 0 && inside === 0 ? `none of ${all} ${what} is in it` : undefined;
  return {
    network,
    sources: [...sources, ...(inside > 0 ? [`has ${inside} of ${all} ${what}`] : [])],
    objection: machineInside(network, machines) ?? unused,
  };
}

function entryOfInferred(
  network: Network,
  rest: readonly Address[],
  { addresses, what, machines, sharing }: Candidates,
): Entry {
  const objection = machineInside(network, machines) ?? sharing ?? (isPublic(network) ? isPublicText : undefined);
  const source = `inferred: has ${countInside(network, rest)} of ${addresses.length} ${what}, and nothing that was read names it`;
  return { network, sources: [source], objection };
}

const isPublicText = 'it is not private, and others of its addresses may be anybody’s';

const privateNetworks = createNetworkSet(presetNetworks.private.map(parseNetwork));

/** IPv6 addresses of pods are often public. */
function isPublic({ first }: Network): boolean {
  return first.family === 'IPv4' && privateNetworks.find(first) === undefined;
}

function machineInside(network: Network, machines: readonly Address[]): string | undefined {
  const one = machines.find((address) => network.contains(address));
  return one && `a Node or an API server has an address in it (${formatAddress(one)}), and so may other machines`;
}

function countInside(network: Network, addresses: readonly Address[]): number {
  return addresses.filter((address) => network.contains(address)).length;
}

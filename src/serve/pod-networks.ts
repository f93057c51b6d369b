import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { addressOf } from '../endpoints/address.ts';
import { networkAround } from '../endpoints/network.ts';
import { clusterNeeds } from '../policy/cluster-needs.ts';
import { forbiddenNetworkOf, podNetworksOf } from '../policy/pod-networks.ts';
import type { Policy } from '../policy/policy.ts';
import type { ClusterMetrics } from '../server/cluster-metrics.ts';
import type { ClusterStore } from '../state/cluster-store.ts';
import type { FollowedKind } from './followed-kind.ts';

/** How often pods are compared with the networks of the policy, once they are known. */
const [waitingMilliseconds, betweenMilliseconds] = [1000, 300_000];

/**
 * Compares the pods that are followed with the networks of the policy: counts those outside of `unclaimed-address`, and logs once where they
 * are, and whether some are in a forbidden network. Returns what ends it.
 */
export function watchPodNetworks(
  policy: Policy,
  store: ClusterStore,
  kinds: readonly FollowedKind[],
  metrics: Pick<ClusterMetrics, 'podsOutside'>,
  log: Logger,
): () => void {
  const needs = clusterNeeds(policy);
  if (!needs.has('pods')) return () => {};
  let isLogged = false;
  let timer: NodeJS.Timeout;
  let isEnded = false;
  const wait = (milliseconds: number) => {
    timer = setTimeout(look, milliseconds).unref();
  };
  const look = async () => {
    const isKnown = kinds.every((kind) => kind.isListed() || !needs.has(kind.resource));
    if (isKnown) {
      const compared = await comparePods(policy, store);
      metrics.podsOutside(compared.outside);
      if (!isLogged) logComparison(compared, log);
      isLogged = true;
    }
    if (!isEnded) wait(isKnown ? betweenMilliseconds : waitingMilliseconds);
  };
  wait(waitingMilliseconds);
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}

interface Comparison {
  /** How many pods have an address outside the networks of `unclaimed-address`; 0 where it is off. */
  readonly outside: number;
  /** Networks of these addresses. */
  readonly networks: ReadonlySet<string>;
  /** A pod that may not be listed in its own namespace. */
  readonly forbidden: { readonly pod: string; readonly network: string } | undefined;
}

/** So many pods are compared before everything else has its turn. */
const podsAtOnce = 2000;

async function comparePods(policy: Policy, store: ClusterStore): Promise<Comparison> {
  const known = podNetworksOf(policy, store.networks.nodePods);
  const networks = new Set<string>();
  let forbidden: Comparison['forbidden'];
  let [outside, count] = [0, 0];
  for (const { namespace, name, hostNetwork, keys } of store.pods) {
    if (++count % podsAtOnce === 0) await nextTurn();
    if (hostNetwork) continue;
    const addresses = keys.map(addressOf);
    const beyond = known ? addresses.filter((address) => !known.find(address)) : [];
    if (beyond.length > 0) outside++;
    for (const address of beyond) networks.add(networkAround(address, prefixes[address.family]).text);
    for (const address of forbidden ? [] : addresses) {
      const network = forbiddenNetworkOf(policy, namespace, address);
      if (network !== undefined) forbidden = { pod: `${namespace}/${name}`, network };
    }
  }
  return { outside, networks, forbidden };
}

/** No smaller than administrators give to pods. */
const prefixes = { IPv4: 16, IPv6: 64 } as const;

const maxNamed = 20;

function logComparison({ outside, networks, forbidden }: Comparison, log: Logger): void {
  if (outside > 0)
    log.info(
      { pods: outside, networks: [...networks].sort().slice(0, maxNamed) },
      'pods have addresses outside the networks of unclaimed-address: add those of these networks that only pods use',
    );
  if (forbidden)
    log.warn(
      forbidden,
      'pods have addresses inside a network of forbidden-network: their own namespaces may not list them either',
    );
}

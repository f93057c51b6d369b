import type { PodsNow } from '../cluster/pod-lookup.ts';
import { type Address, type AddressKey, addressKey } from '../endpoints/address.ts';
import type { ClusterState, PodHolder } from '../endpoints/cluster-state.ts';
import { isDnsLabel } from '../endpoints/dns.ts';
import { formatAddress } from '../endpoints/network.ts';
import type { Answers } from '../state/answers.ts';
import { objectId } from '../state/object-id.ts';
import { type HeldByPod, readPod } from '../state/pods.ts';
import type { LiveCluster } from './live-cluster.ts';

interface HoldersToAsk {
  /** At most `maxDoubts`. */
  readonly addresses: readonly Address[];
  /** Of the object that lists them. */
  readonly namespace: string;
  /** By which it was judged. */
  readonly state: ClusterState;
  /** By when all is to be answered, in the time of `performance.now()`. */
  readonly until: number;
  /** Told how the waiting for an address ended. */
  readonly waited: (isHeld: boolean) => void;
}

/** What has been answered, and of which addresses it is what was known. */
interface Asked extends Answers {
  readonly same: ReadonlySet<AddressKey>;
}

/** Asks whether pods that were known to have addresses still do, and waits for pods that have those that nobody had. Never rejects. */
export async function askHolders(cluster: LiveCluster, question: HoldersToAsk): Promise<Asked> {
  const all = await Promise.all(question.addresses.map((address) => askOne(cluster, address, question)));
  const keyed = question.addresses.map((address, i) => [addressKey(address), all[i] ?? {}] as const);
  return {
    gone: collect(keyed, 'gone'),
    found: collect(keyed, 'found'),
    unconfirmed: all.find(({ problem }) => problem !== undefined)?.problem,
    same: new Set(keyed.flatMap(([key, { gone, found, isHeld }]) => (isHeld || gone || found ? [] : [key]))),
  };
}

/** Of one address. Lists are left out where they are empty. */
interface OneAnswer {
  readonly gone?: readonly PodHolder[];
  readonly found?: readonly PodHolder[];
  /** Whether somebody has it in the meantime, as is known. */
  readonly isHeld?: boolean;
  readonly problem?: string;
}

function collect(
  all: readonly (readonly [AddressKey, OneAnswer])[],
  which: 'gone' | 'found',
): ReadonlyMap<AddressKey, readonly PodHolder[]> {
  return new Map(all.flatMap(([key, { [which]: pods }]) => (pods ? [[key, pods]] : [])));
}

function askOne(cluster: LiveCluster, address: Address, question: HoldersToAsk): Promise<OneAnswer> | OneAnswer {
  const known = question.state.podsAt(address);
  const foreign = known.filter((pod) => isForeign(pod, question.namespace));
  if (foreign.length > 0) return askWhetherGone(cluster, address, foreign, question);
  return known.length > 0 ? { isHeld: true } : waitAndAsk(cluster, address, question);
}

export function isForeign({ hostNetwork, namespace }: PodHolder, own: string): boolean {
  return !hostNetwork && namespace !== own;
}

/** Of one address: more are only said to have it by somebody who may write what pods have. */
const maxHolders = 8;

async function askWhetherGone(
  { lookup }: LiveCluster,
  address: Address,
  holders: readonly PodHolder[],
  question: HoldersToAsk,
): Promise<OneAnswer> {
  if (holders.length > maxHolders) return { problem: `more than ${maxHolders} pods are said to have an address` };
  const key = addressKey(address);
  const answers = await Promise.all(
    holders.map(async (holder) => {
      const now = await lookup.get(holder.namespace, holder.name, askingOf(question));
      return { holder, problem: now.problem, isGone: now.pods !== undefined && holdersOf(now.pods, key).length === 0 };
    }),
  );
  const gone = answers.filter(({ isGone }) => isGone).map(({ holder }) => holder);
  const problem = answers.find((one) => one.problem !== undefined)?.problem;
  return { ...(gone.length > 0 && { gone }), ...(problem !== undefined && { problem }) };
}

/** Whoever writes in one namespace must not keep others from being answered. */
function askingOf({ until, namespace: asker }: HoldersToAsk) {
  return { milliseconds: until - performance.now(), asker };
}

function holdersOf(pods: readonly unknown[], key: AddressKey): readonly HeldByPod[] {
  return pods.flatMap((pod) => {
    const id = objectId(pod);
    return id ? readPod(pod, id).filter(({ keys }) => keys.includes(key)) : [];
  });
}

/** How long a pod may take to be seen that writes its own address as soon as it runs. */
const maxWaitingMilliseconds = 1000;

async function waitAndAsk(cluster: LiveCluster, address: Address, question: HoldersToAsk): Promise<OneAnswer> {
  const { namespace, until, waited } = question;
  const isHeld = await waitFor(cluster, address, Math.min(maxWaitingMilliseconds, (until - performance.now()) / 2));
  waited(isHeld);
  if (isHeld) return { isHeld };
  if (!isDnsLabel(namespace)) return {}; // nothing is in it
  // an IPv6 address may be a pod's second, by which no API server selects
  const podIP = address.family === 'IPv4' ? formatAddress(address) : undefined;
  const now: PodsNow = await cluster.lookup.list(namespace, podIP, askingOf(question));
  if (now.problem !== undefined) return { problem: now.problem };
  const found = holdersOf(now.pods, addressKey(address));
  return found.length > 0 ? { found } : {};
}

function waitFor(cluster: LiveCluster, address: Address, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isHeld: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(isHeld);
    };
    const timer = setTimeout(end, milliseconds, false);
    const stop = cluster.onceHeld(address, () => end(true));
  });
}

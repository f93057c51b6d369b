import { type AddressKey, addressKey, addressOf } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import { formatAddress } from '../endpoints/network.ts';
import { endpointKinds, kinds } from '../kinds/index.ts';
import { checksFor, type Policy } from '../policy/policy.ts';
import { maxCountedPerRule } from '../review/judge.ts';
import { forbiddenPort } from '../rules/forbidden-port.ts';
import { changedHands } from './changed-hands.ts';
import type { Found } from './found.ts';
import { staleAddress } from './stale-address.ts';
import { isApiServers } from './subject.ts';
import { suppress, type Tallies, type Tally } from './tally.ts';
import { areOwnPods, type Targets } from './targets.ts';

/**
 * Suppresses what the cluster itself explains: what pods do that were made while the objects were read (`cluster`: as it is now), and
 * the addresses of the API server, where both of its objects agree on them.
 */
export function suppressExplained(tallies: Tallies, policy: Policy, cluster: ClusterState): void {
  const all = Object.values(tallies);
  const [first, ...others] = endpointKinds.map(({ kind }) => tallies[kind].apiServerAddresses);
  const agreed = new Set([...(first ?? [])].filter((key) => others.every((known) => known.has(key))));
  for (const tally of all)
    tally.found = tally.found.flatMap((found) => {
      const isExplained = isApiServers(found.subject)
        ? (targets: Targets) => areAll(targets, agreed)
        : explainedBy(found, policy, cluster);
      const remaining = without(found, isExplained);
      count(tally, found, found.count - (remaining?.count ?? 0));
      return remaining ?? [];
    });
}

/** What depends on who has an address is explained where no such rule finds anything now; all the rest by pods of the namespace. */
function explainedBy(found: Found, policy: Policy, cluster: ClusterState): (targets: Targets) => boolean {
  const { subject, rule, items } = found;
  if (!items.some(({ finding }) => finding.holderOf))
    return (targets) => areOwnPods(cluster, subject.namespace, targets, rule === forbiddenPort);
  const stillFound = findAgain(found, policy, cluster);
  return (targets) => targets.every((key) => key !== undefined && !stillFound.has(key));
}

/** Of the addresses of a finding, those of which some rule finds something now: what was nobody's may be somebody else's. */
function findAgain({ subject, items, rest }: Found, policy: Policy, cluster: ClusterState): ReadonlySet<AddressKey> {
  const { namespace, name } = subject;
  const targets = [...items.map((item) => item.targets ?? []), ...rest].flat();
  const addresses = targets.flatMap((key) => (key === undefined ? [] : { ip: formatAddress(addressOf(key)) }));
  const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { namespace, name }, subsets: [{ addresses }] };
  const { view } = kinds.Endpoints.parse(object, maxCountedPerRule);
  const checks = checksFor(policy, namespace).filter(({ rule }) => rule.needs);
  const findings = checks.flatMap(({ rule, prepared }) => [...rule.check(view, prepared, { namespace, cluster })]);
  return new Set(findings.flatMap(({ holderOf }) => (holderOf ? [addressKey(holderOf)] : [])));
}

/** What was wrong about who has an address was never wrong; of `stale-address` and `changed-hands` the same is true. Only what is harmless is counted. */
function count(tally: Tally, { subject, rule, items }: Found, violations: number): void {
  if (rule === staleAddress || rule === changedHands || items.some(({ finding }) => finding.holderOf)) return;
  suppress(isApiServers(subject) ? tally.apiServer : tally.ownPods, violations);
}

function areAll(targets: Targets, known: ReadonlySet<AddressKey>): boolean {
  return targets.every((key) => key !== undefined && known.has(key));
}

/** A finding without the places that are suppressed; itself where none is, and `undefined` where none is left. */
function without(found: Found, isSuppressed: (targets: Targets) => boolean): Found | undefined {
  const stays = (targets: Targets = []) => targets.length === 0 || !isSuppressed(targets);
  const items = found.items.filter(({ targets }) => stays(targets));
  const rest = found.rest.filter(stays);
  const count = found.count - (found.items.length - items.length) - (found.rest.length - rest.length);
  if (count === 0) return undefined;
  return count === found.count ? found : { ...found, items, rest, count };
}

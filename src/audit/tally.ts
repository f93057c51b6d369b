import type { Kind, View } from '../endpoints/view.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import { kubernetesService } from '../policy/exemption.ts';
import type { Policy } from '../policy/policy.ts';
import { maxCountedPerRule } from '../review/judge.ts';
import { lazy } from '../review/lazy.ts';
import { forbiddenPort } from '../rules/forbidden-port.ts';
import type { Found, Subject, Targets } from './found.ts';
import { areOwnPods, type Key, keyOfAddress, type Pods } from './pods.ts';
import { type Services, serviceState } from './services.ts';
import { findStaleAddresses, staleAddress } from './stale-address.ts';
import { judgeStored } from './stored.ts';

/** What is known of the cluster besides the objects that are judged, and in which namespaces. */
export interface Evidence {
  readonly pods: Pods;
  readonly knowsPods: (namespace: string) => boolean;
  readonly services: Services;
  readonly knowsServices: (namespace: string) => boolean;
}

/** The results for all objects of one kind. Nothing else is kept of them. */
export interface Tally {
  objects: number;
  /** Objects of whose violations the policy exempts all. */
  exempt: number;
  /** Objects with violations that are suppressed because the addresses are those of the namespace's own pods, and these violations. */
  ownPods: Suppressed;
  /** The same for the objects that the API server writes itself. */
  apiServer: Suppressed;
  /** Addresses of the object that the API server writes itself. */
  apiServerAddresses: ReadonlySet<Key>;
  found: Found[];
}

export type Tallies = Readonly<Record<Kind, Tally>>;

export interface Suppressed {
  objects: number;
  violations: number;
}

const nothing: ReadonlySet<Key> = new Set();

export function emptyTally(): Tally {
  return {
    objects: 0,
    exempt: 0,
    ownPods: { objects: 0, violations: 0 },
    apiServer: { objects: 0, violations: 0 },
    apiServerAddresses: nothing,
    found: [],
  };
}

/** Judges one item of a list. Items of a list have no kind and apiVersion of their own. */
export function addObject(tally: Tally, kind: Kind, item: unknown, policy: Policy, evidence: Evidence): void {
  const object: Fields = { ...fieldsOf(item), kind, apiVersion: kinds[kind].apiVersion };
  const subject = subjectOf(kind, object, policy, evidence);
  const view = lazy(() => kinds[kind].parse(object, maxCountedPerRule).view);
  const { found, own, exempt } = judgeStored(policy, subject, object, view, evidence.pods);
  const stale = evidence.knowsPods(subject.namespace) && findStaleAddresses(subject, object, view, evidence.pods);
  tally.objects++;
  if (exempt) tally.exempt++;
  suppress(tally.ownPods, own);
  tally.found.push(...found, ...(stale ? [stale] : []));
  if (isApiServers(subject)) tally.apiServerAddresses = readyAddresses(view());
}

function subjectOf(
  kind: Kind,
  object: unknown,
  { extraServiceLabels }: Policy,
  { services, knowsServices }: Evidence,
): Subject {
  const metadata = fieldsOf(fieldsOf(object).metadata);
  const text = (key: string) => (typeof metadata[key] === 'string' ? metadata[key] : '');
  const namespace = text('namespace');
  const service = knowsServices(namespace) ? serviceState(services, kind, object, extraServiceLabels) : 'unknown';
  return { kind, namespace, name: text('name'), service };
}

/** The API server writes these two anew every ten seconds, with its own addresses. */
function isApiServers({ namespace, name }: Subject): boolean {
  return namespace === kubernetesService.namespace && name === kubernetesService.name;
}

function readyAddresses({ subsets }: View): ReadonlySet<Key> {
  const keys = new Set<Key>();
  for (const { addresses } of subsets)
    for (const address of addresses) {
      const key = address.ready ? keyOfAddress(address) : undefined;
      if (key !== undefined) keys.add(key);
    }
  return keys;
}

function suppress(suppressed: Suppressed, violations: number): void {
  if (violations > 0) suppressed.objects++;
  suppressed.violations += violations;
}

/**
 * Suppresses what the cluster itself explains: addresses of pods that were made while the objects were read (`pods`: as they are now), and
 * those of the API server, where both of its objects agree on them.
 */
export function suppressOwnPods(tallies: Tallies, pods: Pods): void {
  const all = Object.values(tallies);
  const [first, ...others] = all.map(({ apiServerAddresses }) => apiServerAddresses);
  const agreed = new Set([...(first ?? [])].filter((key) => others.every((known) => known.has(key))));
  for (const tally of all)
    tally.found = tally.found.flatMap((found) => {
      const { subject, rule, count } = found;
      const ownNetwork = rule === forbiddenPort;
      const remaining = isApiServers(subject)
        ? without(found, (targets) => areAll(targets, agreed))
        : without(found, (targets) => areOwnPods(pods, subject.namespace, targets, ownNetwork));
      if (rule !== staleAddress)
        suppress(isApiServers(subject) ? tally.apiServer : tally.ownPods, count - (remaining?.count ?? 0));
      return remaining ?? [];
    });
}

function areAll(targets: Targets, known: ReadonlySet<Key>): boolean {
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

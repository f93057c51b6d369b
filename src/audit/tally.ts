import type { AddressKey } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { Kind, View } from '../endpoints/view.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import type { Policy } from '../policy/policy.ts';
import { maxCountedPerRule } from '../review/judge.ts';
import { lazy } from '../review/lazy.ts';
import type { Found } from './found.ts';
import { type Services, serviceState } from './services.ts';
import { findStaleAddresses } from './stale-address.ts';
import { judgeStored } from './stored.ts';
import { isApiServers, type Subject } from './subject.ts';
import { keyOfAddress } from './targets.ts';

/** What is known of the cluster besides the objects that are judged, and in which namespaces. */
export interface Evidence {
  readonly cluster: ClusterState;
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
  apiServerAddresses: ReadonlySet<AddressKey>;
  found: Found[];
}

export type Tallies = Readonly<Record<Kind, Tally>>;

export interface Suppressed {
  objects: number;
  violations: number;
}

const nothing: ReadonlySet<AddressKey> = new Set();

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
  const { found, own, exempt } = judgeStored(policy, subject, object, view, evidence.cluster);
  const stale = evidence.knowsPods(subject.namespace)
    ? findStaleAddresses(subject, object, view, evidence.cluster)
    : [];
  tally.objects++;
  if (exempt) tally.exempt++;
  suppress(tally.ownPods, own);
  if (isApiServers(subject)) tally.apiServerAddresses = readyAddresses(view());
  if (isApiServers(subject) && view().service)
    suppress(
      tally.apiServer,
      found.reduce((sum, { count }) => sum + count, 0),
    );
  else tally.found.push(...found, ...stale);
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

function readyAddresses({ subsets }: View): ReadonlySet<AddressKey> {
  const keys = new Set<AddressKey>();
  for (const { addresses } of subsets)
    for (const address of addresses) {
      const key = address.ready ? keyOfAddress(address) : undefined;
      if (key !== undefined) keys.add(key);
    }
  return keys;
}

export function suppress(suppressed: Suppressed, violations: number): void {
  if (violations > 0) suppressed.objects++;
  suppressed.violations += violations;
}

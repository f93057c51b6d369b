import { causeText } from '../admission/denial.ts';
import { pathText } from '../endpoints/field-path.ts';
import type { Finding } from '../endpoints/finding.ts';
import type { Kind } from '../endpoints/view.ts';
import type { Violation } from '../review/judge.ts';
import type { Documentation } from '../rules/rule.ts';
import type { Key } from './pods.ts';
import type { ServiceState } from './services.ts';

/** Which object it is, and whether traffic can reach what it lists. */
export interface Subject {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly service: ServiceState;
}

/** What stands against one object by one rule. */
export interface Found {
  readonly subject: Subject;
  readonly rule: Documentation;
  readonly enforcement: Violation['enforcement'];
  /** The first places that are wrong. */
  readonly items: readonly Item[];
  /** What further places are about, as `targets` of an item. */
  readonly rest: readonly Targets[];
  /** How many places are wrong, also those of which nothing else is kept. */
  readonly count: number;
}

/** Addresses, `undefined` for what is none. */
export type Targets = readonly (Key | undefined)[];

/** One place that is wrong. */
export interface Item {
  readonly finding: Finding;
  /** The addresses that it is about, where they can RBAC exemption it. */
  readonly targets?: Targets;
}

/** Whether the addresses of a pod that was made a moment ago could explain it. */
export function isAboutTargets({ items }: Found): boolean {
  return items.some(({ targets }) => targets !== undefined);
}

/** How many places of one object and rule are kept in words, and of how many the addresses: an object can have thousands. */
const keptItems = 3;
const keptTargets = 1000;

/** Gathers the places of one object and rule. */
export class Gathering {
  readonly items: Item[] = [];
  readonly rest: Targets[] = [];
  count = 0;

  /** `find` is only asked about the first places. */
  add(targets: Targets | undefined, find: () => Finding): void {
    if (this.count++ < keptItems) this.items.push({ finding: find(), ...(targets && { targets }) });
    else if (targets && this.rest.length < keptTargets) this.rest.push(targets);
  }
}

const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** The places that are kept in words, as `check` says them. */
export function placesOf({ items, rule, enforcement }: Found): { readonly field: string; readonly message: string }[] {
  return items.map(({ finding }) => ({
    field: pathText(finding.path),
    message: causeText({ rule, enforcement, finding }, ''),
  }));
}

/** Whether only who runs the cluster writes there. */
export function isSystem({ namespace }: Pick<Subject, 'namespace'>): boolean {
  return systemNamespaces.includes(namespace);
}

/** What is worst, first; then by namespace, name, kind. */
export function byWeight(one: Found, other: Found): number {
  return (
    weight(one) - weight(other) ||
    compare(one.subject.namespace, other.subject.namespace) ||
    compare(one.subject.name, other.subject.name) ||
    compare(one.subject.kind, other.subject.kind)
  );
}

function weight({ enforcement }: Found): number {
  return ['deny', 'warn', 'audit'].indexOf(enforcement);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

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
  /** The first of them. */
  readonly items: readonly Item[];
  /** All of them, also those that are not in `items`. */
  readonly count: number;
}

/** One place that is wrong. */
export interface Item {
  readonly field: string;
  readonly message: string;
  /** The addresses that it is about, where that can pardon it; `undefined` for what is no address. */
  readonly targets?: readonly (Key | undefined)[];
}

/** Whether the addresses of a pod that was made a moment ago could explain it. */
export function isAboutTargets({ items }: Found): boolean {
  return items.some(({ targets }) => targets !== undefined);
}

/** How many places are kept of one object and rule: an object can have thousands, and a cluster many such objects. */
export const keptItems = 100;

const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

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

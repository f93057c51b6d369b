import { causeText } from '../admission/denial.ts';
import { pathText } from '../endpoints/field-path.ts';
import type { Finding } from '../endpoints/finding.ts';
import { escapeText } from '../endpoints/quote.ts';
import type { Violation } from '../review/judge.ts';
import type { Documentation } from '../rules/rule.ts';
import type { Subject } from './subject.ts';
import type { Targets } from './targets.ts';

/** The violations of one rule by one object. */
export interface Found {
  readonly subject: Subject;
  readonly rule: Documentation;
  readonly enforcement: Violation['enforcement'];
  /** The first violations. */
  readonly items: readonly Item[];
  /** The `targets` of further violations. */
  readonly rest: readonly Targets[];
  /** The number of all violations, also those of which nothing else is kept. */
  readonly count: number;
}

/** One violation. */
export interface Item {
  readonly finding: Finding;
  /** What is written there, escaped and cut; absent where it is no text and no number. */
  readonly value?: string;
  /** The addresses that it is about, where the finding is suppressed if all of them are known to be harmless. */
  readonly targets?: Targets;
}

/** Whether a pod that was made a moment ago could explain it. */
export function isAboutTargets({ items }: Found): boolean {
  return items.some(({ targets }) => targets !== undefined);
}

/** How many violations of one rule by one object are kept in full, and of how many more the addresses: an object can have thousands. */
const maxKeptItems = 3;
const maxKeptTargets = 1000;

/** Collects the violations of one rule by one object. */
export class Gathering {
  readonly items: Item[] = [];
  readonly rest: Targets[] = [];
  count = 0;

  /** `find` is called for the first violations only. */
  add(targets: Targets | undefined, find: () => Omit<Item, 'targets'>): void {
    if (this.count++ < maxKeptItems) this.items.push({ ...find(), ...(targets && { targets }) });
    else if (targets && this.rest.length < maxKeptTargets) this.rest.push(targets);
  }
}

/** A value as an item keeps it. */
export function writtenValue(value: unknown): Pick<Item, 'value'> {
  if (typeof value === 'string') return { value: escapeText(value, maxValueLength) };
  return typeof value === 'number' ? { value: String(value) } : {};
}

const maxValueLength = 64;

/** The violations that are kept in full, in the words of `check`. */
export function placesOf({ items, rule, enforcement }: Found): { readonly field: string; readonly message: string }[] {
  return items.map(({ finding }) => ({
    field: pathText(finding.path),
    message: causeText({ rule, enforcement, finding }, ''),
  }));
}

/** The most severe first; then by namespace, name, kind. */
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

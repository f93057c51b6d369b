import type { AskCluster, ClusterState } from '../endpoints/cluster-state.ts';
import { pathText } from '../endpoints/field-path.ts';
import type { Finding } from '../endpoints/finding.ts';
import type { ParsedObject } from '../endpoints/members.ts';
import type { Kind, View } from '../endpoints/view.ts';
import { isFields } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import { type Check, checksFor, type Policy } from '../policy/policy.ts';
import type { CheckContext, Documentation, Enforcement } from '../rules/rule.ts';
import { wellFormed } from '../rules/well-formed.ts';
import { checkCluster } from './check-cluster.ts';
import { lazy } from './lazy.ts';

export type Operation = 'CREATE' | 'UPDATE';

/** A finding and the rule that it violates. */
export interface Violation {
  readonly rule: Documentation;
  readonly enforcement: Exclude<Enforcement, 'none'>;
  readonly finding: Finding;
}

/** What is judged, whoever sent it. */
export interface JudgedObject {
  readonly kind: Kind;
  readonly operation: Operation;
  readonly namespace: string;
  readonly object: unknown;
  /** What an UPDATE replaces. */
  readonly previous?: unknown;
}

export interface Judgement {
  readonly parsed: ParsedObject;
  /** What an UPDATE replaces, where that is an object. Read when it is asked for, and once. */
  readonly previous: () => ParsedObject | undefined;
  readonly violations: readonly Violation[];
}

/**
 * How many violations of one rule are counted one by one. An object can hold half a million; a person reads ten, and each that
 * is written down costs a microsecond of everybody's event loop.
 */
export const maxCountedPerRule = 10_000;

/** Judges an object by every check of a policy, whoever sent it. Total: any JSON value gives a judgement. */
export function judge(policy: Policy, judged: JudgedObject, askCluster?: AskCluster): Judgement {
  const parsed = kinds[judged.kind].parse(judged.object, maxCountedPerRule);
  return judgeParsed(policy, judged, parsed, () => judged.previous, { askCluster });
}

export interface JudgeOptions {
  /** Absent where there is no cluster to ask: rules that have to know it are passed over. */
  readonly askCluster?: AskCluster | undefined;
  /** Behind which judging stops. */
  readonly maxViolations?: number | undefined;
}

/** Judges an object that has been read. `readPrevious`: what an UPDATE replaces, called where it is needed, and once. */
export function judgeParsed(
  policy: Policy,
  { kind, operation, namespace }: Omit<JudgedObject, 'object' | 'previous'>,
  parsed: ParsedObject,
  readPrevious: () => unknown,
  { askCluster, maxViolations = Number.POSITIVE_INFINITY }: JudgeOptions = {},
): Judgement {
  const previous = lazy(() => (operation === 'UPDATE' ? parsePrevious(kind, readPrevious()) : undefined));
  const violations = parsed.findings.map((finding) => violation(wellFormed, 'deny', finding, policy));
  if (violations.length === maxCountedPerRule) return { parsed, previous, violations }; // the rest was not even read
  const context = new LazyContext(namespace, previous, askCluster && lazy(() => askCluster(parsed.view)));
  const unread = new Set(parsed.findings.map(({ path }) => pathText(path)));
  for (const check of checksFor(policy, namespace)) {
    if (!applies(check, kind, operation)) continue;
    const findings = check.rule.needs
      ? checkCluster(check, parsed.view, context)
      : check.rule.check(parsed.view, check.prepared, context);
    let count = 0;
    for (const finding of findings) {
      if (count++ === maxCountedPerRule) break;
      if (violations.length > maxViolations) return { parsed, previous, violations };
      if (unread.size === 0 || !isUnread(finding, unread))
        violations.push(violation(check.rule, check.enforcement, finding, policy));
    }
  }
  return { parsed, previous, violations };
}

function applies({ rule }: Check, kind: Kind, operation: Operation): boolean {
  return rule.kinds.includes(kind) && (rule.operations !== 'create' || operation === 'CREATE');
}

/** A class, since V8 makes a hidden class for each object literal with a getter: that cost a tenth of a review. */
class LazyContext implements CheckContext {
  readonly namespace: string;
  readonly #previous: () => ParsedObject | undefined;
  readonly #cluster: (() => ClusterState) | undefined;

  constructor(namespace: string, previous: () => ParsedObject | undefined, cluster: (() => ClusterState) | undefined) {
    this.namespace = namespace;
    this.#previous = previous;
    this.#cluster = cluster;
  }

  get previous(): View | undefined {
    return this.#previous()?.view;
  }

  get cluster(): ClusterState | undefined {
    return this.#cluster?.();
  }
}

function parsePrevious(kind: Kind, previous: unknown): ParsedObject | undefined {
  return isFields(previous) ? kinds[kind].parse(previous, maxCountedPerRule) : undefined;
}

/** What could not be read is reported once, by `well-formed`: that it is missing as well would mislead. */
function isUnread({ path }: Finding, unread: ReadonlySet<string>): boolean {
  return path.some((_, i) => unread.has(pathText(path.slice(0, i)))) || unread.has(pathText(path));
}

function violation(
  rule: Documentation,
  own: Violation['enforcement'],
  finding: Finding,
  { mode, cluster }: Policy,
): Violation {
  const enforcement = finding.isUnknown && own === 'deny' ? cluster.whenUnknown : own;
  return { rule, enforcement: mode === 'audit' ? 'audit' : enforcement, finding };
}

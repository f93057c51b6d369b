import * as z from 'zod';
import type { ClusterResource, ClusterState } from '../endpoints/cluster-state.ts';
import type { Finding } from '../endpoints/finding.ts';
import type { Kind, View } from '../endpoints/view.ts';
import type { Fields } from '../json/fields.ts';
import type { Source } from './source.ts';

export const enforcements = ['deny', 'warn', 'audit', 'none'] as const;

/** What a violation leads to. Never the word `off`: Helm reads YAML 1.1, where that is false. */
export type Enforcement = (typeof enforcements)[number];

/** A rule for people: denials, the policy schema and SARIF's rule help are printed from it. */
export interface Documentation {
  /** kebab-case, equal to the file name. Part of the API: denials, metrics and policies name it. */
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** What to write instead; lower-case, no full stop. A finding may know it better. */
  readonly remedy: string;
  readonly source: Source;
  /** Every field it may complain about, `[*]` for any index. */
  readonly fields: readonly string[];
  /** What the rules' README says instead of a list that is too long to read. */
  readonly fieldsSummary?: string;
  /** Where the policy says nothing. */
  readonly enforcement: Enforcement;
  /** `create` judges creation only; an UPDATE is never refused by it. */
  readonly operations: 'create' | 'create-and-update';
  /** Which kinds it judges. */
  readonly kinds: readonly Kind[];
  /** Whether users who may `create` the kind's `restricted` subresource in the namespace are exempt. */
  readonly exemptibleByRbac?: true;
  /** The rule whose parameters it takes: a policy gives it only an enforcement. */
  readonly parametersOf?: string;
  /** What it has to know of the cluster. Where there is no cluster, as in `check`, the rule is passed over. */
  readonly needs?: readonly ClusterResource[];
}

/** A rule that an object can violate by itself. The rules' README, SARIF's rule help and the demo show its example. */
export interface DocumentedRule extends Documentation {
  /** For each kind that it judges, the smallest object that violates it; `example.ts` adds kind, apiVersion and metadata. */
  readonly example: Readonly<Partial<Record<Kind, Fields>>>;
  /**
   * Why no ValidatingAdmissionPolicy enforces it, so that nothing does while no webhook pod answers; capital, full stop. Absent:
   * src/admission-policy/coverage.ts has its CEL, or says that API servers validate it by themselves.
   */
  readonly webhookOnly?: string;
  /** Parameters under which the example violates the rule; absent where the defaults do. */
  readonly exampleParameters?: Readonly<Record<string, unknown>>;
  /** The objects of a cluster in which the example violates a rule that has to know the cluster. */
  readonly exampleCluster?: readonly Fields[];
}

/** A rule with its check. Everything but `check`, `prepare` and `parameters` is its documentation. */
export interface Rule<Shape extends z.ZodRawShape = z.ZodRawShape, Prepared = z.output<z.ZodObject<Shape>>>
  extends DocumentedRule {
  /** What a policy may set besides the enforcement; every parameter has a default. */
  readonly parameters: z.ZodObject<Shape>;
  /** Called once for a policy: makes of the parameters what `check` looks things up in. Absent: the parameters themselves. */
  prepare?(parameters: z.output<z.ZodObject<Shape>>): Prepared;
  /** Pure and total. Sees only what could be read: what could not be is reported by `well-formed`. */
  check(view: View, prepared: Prepared, context: CheckContext): Iterable<Finding>;
}

/** What is known beside the object itself. */
export interface CheckContext {
  /**
   * What an UPDATE replaces, as far as it can be read; `undefined` where there is nothing to compare with. Read when it is asked for.
   * Whatever a rule finds, an UPDATE that leaves the content and the serving state unchanged is allowed.
   */
  readonly previous?: View | undefined;
  readonly namespace: string;
  /** For rules that say what they need of it. */
  readonly cluster?: ClusterState | undefined;
}

/** Keeps the types of parameters and of what is prepared from them while a rule is written. */
export function defineRule<Shape extends z.ZodRawShape, Prepared = z.output<z.ZodObject<Shape>>>(
  rule: Rule<Shape, Prepared>,
): Rule<Shape, Prepared> {
  return rule;
}

/** A string parameter that `parse` reads: the author of the policy sees the message of what it throws. */
export function textReadBy(parse: (text: string) => unknown): z.ZodString {
  return z.string().superRefine((text, context) => {
    try {
      parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

import * as z from 'zod';
import type { Finding } from '../endpoints/finding.ts';
import type { Kind, View } from '../endpoints/view.ts';

export const enforcements = ['deny', 'warn', 'audit', 'none'] as const;

/** What a violation leads to. Never the word `off`: Helm reads YAML 1.1, where that is false. */
export type Enforcement = (typeof enforcements)[number];

/** What a demand is, for people: denials, the rules' README and the policy schema are printed from it. */
export interface Documentation {
  /** kebab-case, equal to the file name. API: it stands in denials, metrics, policies. */
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** What to write instead; lower-case, no full stop. A finding may know it better. */
  readonly remedy: string;
  /** Which part of which document demands it. */
  readonly source: string;
  /** Every field it may complain about, `[*]` for any index. */
  readonly fields: readonly string[];
  /** Where the policy says nothing. */
  readonly enforcement: Enforcement;
  /** `create` judges creation only; an UPDATE is never refused by it. */
  readonly operations: 'create' | 'create-and-update';
  /** Which kinds it judges. */
  readonly kinds: readonly Kind[];
  /** Whether those are exempted who may `create` the kind's `restricted` subresource in the namespace. */
  readonly exemptibleByRbac?: true;
}

/** One demand with its check. Everything but `check` and `parameters` is its documentation. */
export interface Rule<Shape extends z.ZodRawShape = z.ZodRawShape, Prepared = z.output<z.ZodObject<Shape>>>
  extends Documentation {
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
}

/** Keeps the types of parameters and of what is prepared from them while a rule is written. */
export function defineRule<Shape extends z.ZodRawShape, Prepared = z.output<z.ZodObject<Shape>>>(
  rule: Rule<Shape, Prepared>,
): Rule<Shape, Prepared> {
  return rule;
}

/** A string parameter that `parse` reads: what it throws is what a policy's author is told. */
export function textReadBy(parse: (text: string) => unknown): z.ZodString {
  return z.string().superRefine((text, context) => {
    try {
      parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

import type * as z from 'zod';
import type { Finding } from '../endpoints/finding.ts';
import type { View } from '../endpoints/view.ts';

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
}

/** One demand with its check. Everything but `check` and `parameters` is its documentation. */
export interface Rule<Shape extends z.ZodRawShape = z.ZodRawShape> extends Documentation {
  /** What a policy may set besides the enforcement; every parameter has a default. */
  readonly parameters: z.ZodObject<Shape>;
  /** Pure and total. Sees only what could be read: what could not be is reported by `well-formed`. */
  check(view: View, parameters: z.output<z.ZodObject<Shape>>): Iterable<Finding>;
}

/** Keeps the parameters' type while a rule is written. */
export function defineRule<Shape extends z.ZodRawShape>(rule: Rule<Shape>): Rule<Shape> {
  return rule;
}

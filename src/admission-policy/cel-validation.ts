import type { CelFields, Variable } from '../kinds/cel-fields.ts';
import { literal } from './cel.ts';

/** The check of a rule, in CEL. */
export interface CelValidation {
  /** Constants, and what several validations use. Equal names are equal expressions. */
  readonly variables: readonly Variable[];
  /** CEL limits the cost of each: a check that would cost more is split into several. */
  readonly violationLists: readonly ViolationList[];
}

export interface ViolationList {
  /** An expression for the list of what violates the rule; empty where nothing does. */
  readonly list: string;
  /** The field, `[*]` for any index. */
  readonly field: string;
  /** An expression for the text that says what is wrong with the first of the list, given the list's expression. */
  readonly problem: (list: string) => string;
}

/** What a rule's check in CEL is generated from. */
export interface CheckInput {
  readonly fields: CelFields;
  /** A CEL identifier, unique in a policy: the names of the check's own variables begin with it. */
  readonly id: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Lists of those elements `a` for which a condition holds, without the lists in which it holds for none. */
export function among(lists: string, condition: string): string {
  return `${lists}.map(l, l.filter(a, ${condition})).filter(l, size(l) > 0)`;
}

/** A free text as a message may show it: what could harm a terminal or a header, or be a command to a CI system, is not shown. */
export function shown(text: string): string {
  return `(${text}.matches("^[ !$-~]{1,64}$") ? ${quoted(text)} : "the value")`;
}

/** A text that the API server has read as an address or a name. */
export function quoted(text: string): string {
  return `${literal('"')} + ${text} + ${literal('"')}`;
}

import type { CelFields, Variable } from '../kinds/cel-fields.ts';
import { literal } from './cel.ts';

/** What a rule demands, in CEL. */
export interface CelValidation {
  /** Constants, and what several demands look at. Equal names are equal expressions. */
  readonly variables: readonly Variable[];
  /** Each may cost only so much: what would cost more is asked in several. */
  readonly violationLists: readonly ViolationList[];
}

export interface ViolationList {
  /** An expression of a list of what violates the rule; empty where nothing does. */
  readonly list: string;
  /** The field, `[*]` for any index. */
  readonly field: string;
  /** An expression of a text: what is wrong with the first of the list, given an expression of the list. */
  readonly problem: (list: string) => string;
}

/** A check of a policy, for whoever writes its demand. */
export interface CheckInput {
  readonly fields: CelFields;
  /** Unique in a policy, and a CEL identifier: its own variables' names begin with it. */
  readonly id: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Lists of those elements `a` for which a condition holds, without the lists in which it holds for none. */
export function among(lists: string, condition: string): string {
  return `${lists}.map(l, l.filter(a, ${condition})).filter(l, size(l) > 0)`;
}

/** A free text as a message may show it: what a terminal or a header could stumble over is not shown. */
export function shown(text: string): string {
  return `(${text}.matches("^[ -~]{1,64}$") ? ${quoted(text)} : "the value")`;
}

/** A text that the API server has read as an address or a name. */
export function quoted(text: string): string {
  return `${literal('"')} + ${text} + ${literal('"')}`;
}

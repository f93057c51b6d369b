import { pathText } from '../endpoints/field-path.ts';
import { escapeText, quotedAt } from '../endpoints/quote.ts';
import type { Violation } from '../review/judge.ts';

/** What an object is refused for first, or else what is wrong with it first: for the log. */
export interface FirstViolation {
  readonly rule: string;
  /** Where it is, as in messages; `''` for the object itself. */
  readonly field: string;
  /** As messages quote it: at most 64 characters, escaped and cut. Absent where nothing is written, or no single value. */
  readonly value?: string;
  /** Which object that is, where it is not the one that is written. */
  readonly object?: string;
}

const maxFieldLength = 253;

export function firstViolation(violations: readonly Violation[], object?: string): FirstViolation | undefined {
  const first = violations.find(({ enforcement }) => enforcement === 'deny') ?? violations[0];
  if (!first) return undefined;
  const { rule, finding } = first;
  const value = quotedAt(finding.message);
  return {
    rule: rule.id,
    field: escapeText(pathText(finding.path), maxFieldLength),
    ...(value !== undefined && { value }),
    ...(object !== undefined && { object }),
  };
}

import { printedLine } from '../endpoints/visible.ts';
import type { Violation } from '../review/judge.ts';
import type { Documentation } from '../rules/rule.ts';

export type Severity = 'error' | 'warning' | 'note';

/** Where something is: in a file, or in a cluster. */
export type Spot =
  | { readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: string; readonly namespace: string; readonly name: string };

/** One thing to fix, and where. What `check` and `audit` print is made of these. */
export interface Result {
  readonly spot: Spot;
  readonly severity: Severity;
  readonly rule: Documentation;
  /** `''` for the object itself. */
  readonly field: string;
  readonly message: string;
}

/** `audit` finds what is audited; `check` says nothing of it. */
export const severities: Readonly<Record<Violation['enforcement'], Severity>> = {
  deny: 'error',
  warn: 'warning',
  audit: 'note',
};

/** A result as a line of text. Errors say no more than where and what. */
export function resultLine({ spot, severity, rule, field, message }: Result): string {
  const kind = severity === 'error' ? '' : `${severity}: `;
  return printedLine(`${spotText(spot)}: ${kind}${field && `${field}: `}${message} [${rule.id}]`);
}

function spotText(spot: Spot): string {
  if ('file' in spot) return `${spot.file}:${spot.line}:${spot.column}`;
  return `${spot.namespace}/${spot.name} (${spot.kind})`;
}

export function plural(number: number, noun: string, many = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : many}`;
}

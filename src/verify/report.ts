import type { Grant } from '../audit/access.ts';
import { printedLine } from '../endpoints/visible.ts';
import type { Unread } from '../report/report.ts';
import { plural } from '../report/result.ts';
import { exemptionLines } from '../report/text.ts';
import { type Check, exitCodeOf, results } from './check.ts';

export interface VerifyReport {
  /** Our version. */
  readonly tool: string;
  readonly date: string;
  readonly cluster: { readonly host: string; readonly version: string };
  readonly installation: { readonly namespace: string; readonly name: string; readonly version?: string };
  /** The digest of its policy. */
  readonly policy?: string;
  readonly checks: readonly Check[];
  /** Roles that exempt, and who has them. */
  readonly grants: readonly Grant[];
  /** Why these may not be all. */
  readonly unread: readonly Unread[];
}

const width = Math.max(...results.map((result) => result.length)) + 2;

/** One line for each check, and what to do below it. */
export function* formatVerifyText({ checks, grants, unread }: VerifyReport): Iterable<string> {
  for (const { subject, result, message, remedy } of checks) {
    yield printedLine(`${result.padEnd(width)}${subject}: ${message}`);
    if (remedy !== undefined) yield printedLine(`${' '.repeat(width)}${remedy}`);
  }
  if (grants.length > 0) yield* exemptionLines(grants);
  const [first] = unread;
  const more = unread.length > 1 ? `; and ${unread.length - 1} more, which --output json has` : '';
  if (first) yield printedLine(`Who is exempt was not read, or not all: ${first.what}: ${first.why}${more}`);
  const counts = results
    .map((result) => ({ result, count: checks.filter((check) => check.result === result).length }))
    .filter(({ count }) => count > 0)
    .map(({ result, count }) => `${count} ${result}`);
  yield `\n${plural(checks.length, 'check')}: ${counts.join(', ')}\n`;
}

export function formatVerifyJson(report: VerifyReport): string {
  const { grants, ...rest } = report;
  const result = (['ok', 'failed', 'not checked'] as const)[exitCodeOf(report.checks)];
  const exempt = grants.filter(({ restricted }) => restricted.length > 0).map(({ writes: _, ...grant }) => grant);
  return `${JSON.stringify({ ...rest, result, exempt }, undefined, 2)}\n`;
}

/**
 * What came of one check. `not checked` is no `ok`: it could not be found out. `warning`: it works, and somebody should look.
 */
export const results = ['failed', 'not checked', 'warning', 'ok'] as const;

export type Result = (typeof results)[number];

export interface Check {
  /** What was looked at, such as `configuration validating/endpoints-webhook-endpoints`. */
  readonly subject: string;
  readonly result: Result;
  /** What was seen. */
  readonly message: string;
  /** What to do. */
  readonly remedy?: string;
}

/** Answers are of others. */
const maxMessageLength = 1000;

function createCheck(result: Result, subject: string, message: string, remedy?: string): Check {
  const short = message.length > maxMessageLength ? `${message.slice(0, maxMessageLength - 1)}…` : message;
  return { subject, result, message: short, ...(remedy !== undefined && { remedy }) };
}

export const ok = (subject: string, message: string) => createCheck('ok', subject, message);
export const failed = (subject: string, message: string, remedy: string) =>
  createCheck('failed', subject, message, remedy);
export const notChecked = (subject: string, message: string, remedy: string) =>
  createCheck('not checked', subject, message, remedy);
export const warning = (subject: string, message: string, remedy: string) =>
  createCheck('warning', subject, message, remedy);

/** 0 all is well, 1 something does not work, 2 something could not be checked. */
export function exitCodeOf(checks: readonly Check[]): number {
  if (checks.some(({ result }) => result === 'failed')) return 1;
  return checks.some(({ result }) => result === 'not checked') ? 2 : 0;
}

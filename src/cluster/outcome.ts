import { fieldsOf } from '../json/fields.ts';
import { ClusterError } from './cluster-error.ts';
import type { Connection } from './connection.ts';
import { ApiException } from './packages.ts';
import { TooLargeError } from './too-large-error.ts';

/**
 * How a call to the API server ended. 'missing': there is no such object; 'conflict': it was written since it was read; 'failed':
 * anything else, with what to tell whoever has to fix it.
 */
export type Outcome<T> =
  | { readonly result: 'ok'; readonly value: T }
  | { readonly result: 'missing' | 'conflict' }
  | { readonly result: 'failed'; readonly problem: string };

export async function attempt<T>(call: () => Promise<T>, connection?: Connection): Promise<Outcome<T>> {
  try {
    return { result: 'ok', value: await call() };
  } catch (error) {
    if (!(error instanceof ApiException)) return { result: 'failed', problem: problemOf(error, connection) };
    if (error.code === 401) connection?.renew();
    if (error.code === 404) return { result: 'missing' };
    if (error.code === 409) return { result: 'conflict' };
    return { result: 'failed', problem: `the API server answered ${error.code}: ${messageOf(error.body)}` };
  }
}

/** Why a call had no answer, in words. Of a ClusterError: nothing was sent. */
export function problemOf(error: unknown, connection?: Connection): string {
  if (error instanceof TooLargeError) return error.message;
  const known = findClusterError(error);
  if (known) return known.message;
  return `the API server did not answer${through(connection?.proxy)}: ${causeOf(error)}`;
}

/** What a message says of a proxy. */
export function through(proxy: string | undefined): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy}`;
}

/** A failed fetch has it as its cause. */
function findClusterError(error: unknown): ClusterError | undefined {
  if (error instanceof ClusterError) return error;
  return error instanceof Error && error.cause !== undefined ? findClusterError(error.cause) : undefined;
}

/** The innermost reason: a failed fetch says no more than that it failed. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return causeOf(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  return error.message || code || error.name;
}

/** The message of a Status, which arrives as text; the client drops that of a 401. */
function messageOf(body: unknown): string {
  if (body === undefined) return 'it does not accept our credentials';
  try {
    return statusMessage(JSON.parse(String(body))) ?? String(body).slice(0, 200);
  } catch {
    return String(body).slice(0, 200); // not a Status
  }
}

/** What an answer says that is not what was asked for. `body`: JSON. */
export function refusalOf(status: number, body: unknown): string {
  return `the API server answered ${status}: ${statusMessage(body) ?? 'nothing that can be read'}`;
}

/** The message of a Status; `undefined` for anything else. */
function statusMessage(body: unknown): string | undefined {
  const { message } = fieldsOf(body);
  return typeof message === 'string' ? message.slice(0, 500) : undefined;
}

/** Why a call gave nothing, in words; `missing`: what to say of an object that is not there. */
export function reasonOf(outcome: Exclude<Outcome<unknown>, { readonly result: 'ok' }>, missing: string): string {
  if (outcome.result === 'failed') return outcome.problem;
  return outcome.result === 'missing' ? missing : 'somebody else has just written it';
}

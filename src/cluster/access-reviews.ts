import { fieldsOf } from '../json/fields.ts';
import { answerWithin } from './answer-within.ts';
import type { Connection } from './connection.ts';
import { attempt, reasonOf } from './outcome.ts';
import { AuthorizationV1Api, Observable, type RequestContext } from './packages.ts';

/** What a SubjectAccessReview asks: who, and to do what. */
export interface Access {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** `problem`: why there is no answer, in words. */
export type AccessOutcome =
  | { readonly allowed: boolean; readonly problem?: never }
  | { readonly allowed?: never; readonly problem: string };

/**
 * Sends one SubjectAccessReview, and gives up after so many milliseconds, also while it waits for a connection. Whatever is not clearly
 * an answer is a problem. Never rejects.
 */
export type AccessReviews = (access: Access, milliseconds: number) => Promise<AccessOutcome>;

export function createAccessReviews(connection: Connection): AccessReviews {
  const api = new AuthorizationV1Api(connection.configuration);
  return async (access, milliseconds) => {
    const controller = new AbortController();
    const outcome = await answerWithin(ask(connection, api, access, controller.signal), milliseconds);
    controller.abort(); // a call that hangs, and a body that nobody reads
    return outcome;
  };
}

async function ask(
  connection: Connection,
  api: AuthorizationV1Api,
  access: Access,
  signal: AbortSignal,
): Promise<AccessOutcome> {
  const body = reviewOf(access);
  const outcome = await attempt(
    async () =>
      answerOf(await api.createSubjectAccessReview({ body }, createExactOptions(JSON.stringify(body), signal))),
    connection,
  );
  return outcome.result === 'ok' ? outcome.value : { problem: reasonOf(outcome, 'the API server answered 404') };
}

function reviewOf({ user, uid, groups, extra, verb, group, resource, subresource, namespace, name }: Access) {
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user,
      uid,
      groups: [...groups],
      extra: extra as Record<string, string[]>,
      resourceAttributes: { verb, group, version: '*', resource, subresource, namespace, name },
    },
  };
}

/** The client's own serializer loses keys such as `__proto__`, and its connection has another deadline. */
function createExactOptions(body: string, signal: AbortSignal) {
  const pre = (context: RequestContext) => {
    context.setBody(body);
    context.setSignal(signal);
    return new Observable(Promise.resolve(context));
  };
  const post = <T>(response: T) => new Observable(Promise.resolve(response));
  return { middleware: [{ pre, post }], middlewareMergeStrategy: 'append' as const };
}

/** The client passes on whatever it was sent. */
function answerOf(review: unknown): AccessOutcome {
  const { kind, apiVersion, status } = fieldsOf(review);
  if (kind !== 'SubjectAccessReview' || apiVersion !== 'authorization.k8s.io/v1')
    return { problem: 'the API server answered with something else than a SubjectAccessReview' };
  const { allowed, denied = false } = fieldsOf(status);
  if (typeof allowed !== 'boolean' || typeof denied !== 'boolean')
    return { problem: 'the API server answered with a SubjectAccessReview that says neither yes nor no' };
  return { allowed: allowed && !denied };
}

import { escapeText } from '../endpoints/quote.ts';
import type { Kind } from '../endpoints/view.ts';
import type { AccessAnswer, AccessQuestion } from '../review/access.ts';
import type { Violation } from '../review/judge.ts';
import { type Status, tellViolations } from './denial.ts';
import { tellGrant } from './grant.ts';

/** What a refusal says whatever the authorizer answers, as plain data. */
export interface PreparedRefusal extends Required<Pick<Status, 'details'>> {
  readonly sentences: readonly string[];
  readonly permission: string;
  readonly commands: readonly string[];
}

/**
 * The refusal of an object that only lacks a permission, by what the authorizer answered. kubectl prints the message of a 403 and
 * nothing else, so it says everything, down to what an administrator has to type.
 */
export function createForbidden(
  { details, sentences, permission, commands }: PreparedRefusal,
  answer: AccessAnswer,
): Status {
  const end =
    answer.result === 'unanswered'
      ? [`could not ask whether ${permission}, which would allow this: ${reasonText(answer.reason)}`]
      : [`allowed only where ${permission}; an administrator can grant it:`, ...commands];
  return { code: 403, reason: 'Forbidden', message: [...sentences, ...end].join('\n'), details };
}

/** All of it that takes the object. */
export function prepareForbidden(
  violations: readonly Violation[],
  name: string,
  kind: Kind,
  question: AccessQuestion,
): PreparedRefusal {
  return {
    ...tellViolations(violations, name, kind),
    permission: permissionText(question),
    commands: tellGrant(question),
  };
}

function permissionText({ user, verb, resource, subresource, namespace, name }: AccessQuestion): string {
  const quoted = (text: string) => `"${escapeText(text, 253)}"`;
  const object = name === '' ? '' : ` named ${quoted(name)}`;
  return `user ${quoted(user)} may ${verb} ${resource}/${subresource}${object} in namespace ${quoted(namespace)}`;
}

/** An API server's own words may be in it: they are not trusted with a terminal either. */
function reasonText(reason: string): string {
  return escapeText(reason.replaceAll('"', "'"), 400);
}

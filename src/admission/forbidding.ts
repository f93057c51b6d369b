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
  return {
    code: 403,
    reason: 'Forbidden',
    message: [...sentences, ...endOf(permission, commands, answer)].join('\n'),
    details,
  };
}

function endOf(permission: string, commands: readonly string[], answer: AccessAnswer): readonly string[] {
  if (answer.result === 'unanswered')
    return [`could not ask whether ${permission}, which would allow this: ${reasonText(answer.reason)}`];
  if (answer.result === 'wildcard')
    return [
      `${permission} by a role that grants everything ("*"), which does not count; an administrator can replace that role, and grant this by name:`,
      ...commands,
    ];
  return [`allowed only where ${permission}; an administrator can grant it:`, ...commands];
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

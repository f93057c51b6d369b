import { escapeText } from '../endpoints/quote.ts';
import type { AccessAnswer, AccessQuestion } from '../review/access.ts';
import type { Status } from './denial.ts';
import { tellGrant } from './grant.ts';

/** What a refusal says whatever the authorizer answers, as plain data. */
export interface PreparedRefusal extends Required<Pick<Status, 'details'>> {
  readonly sentences: readonly string[];
  /** Each is needed; at least one. */
  readonly grants: readonly Grant[];
}

interface Grant {
  readonly permission: string;
  readonly commands: readonly string[];
}

/**
 * The refusal of an object that only lacks permissions, by what the authorizer answered about one of them; those before it are there.
 * kubectl prints the message of a 403 and nothing else, so it says everything, down to what an administrator has to type.
 */
export function createForbidden(
  { details, sentences, grants }: PreparedRefusal,
  answer: AccessAnswer,
  asked: number,
): Status {
  return {
    code: 403,
    reason: 'Forbidden',
    message: [...sentences, ...endOf(grants.slice(asked), answer)].join('\n'),
    details,
  };
}

function endOf(grants: readonly Grant[], answer: AccessAnswer): readonly string[] {
  const [{ permission, commands } = { permission: '', commands: [] }] = grants;
  if (answer.result === 'unanswered')
    return [`could not ask whether ${permission}, which would allow this: ${reasonText(answer.reason)}`];
  if (answer.result === 'wildcard')
    return [
      `${permission} by a role that grants everything ("*"), which does not count; an administrator can replace that role, and grant this by name:`,
      ...commands,
    ];
  const permissions = grants.map((grant) => grant.permission).join(' and ');
  return [
    `allowed only where ${permissions}; an administrator can grant it:`,
    ...grants.flatMap((grant) => grant.commands),
  ];
}

/** All of it that takes the objects. */
export function prepareForbidden(
  told: Pick<PreparedRefusal, 'details' | 'sentences'>,
  questions: readonly AccessQuestion[],
): PreparedRefusal {
  const grants = questions.map((question) => ({ permission: permissionText(question), commands: tellGrant(question) }));
  return { ...told, grants };
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

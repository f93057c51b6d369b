import { isVisible } from '../endpoints/visible.ts';
import type { AccessQuestion } from '../review/access.ts';

/**
 * The Role and the RoleBinding that turn the answer into a yes, as commands for a POSIX shell. Names are whatever somebody made them: pasted,
 * a line runs kubectl with exactly these names and nothing else. A name that a terminal would not show as it is, or that is too long,
 * is left for the administrator to fill in.
 */
export function tellGrant({ user, verb, group, resource, subresource, namespace, name }: AccessQuestion): string[] {
  const object = name === '' ? '' : shownName(name, 'name');
  const plainRole = object === '' ? `restricted-${resource}` : `restricted-${resource}-${object}`;
  const role = shellWord(plainRole);
  const binding = shellWord(`${plainRole}-${forName(user)}`);
  const where = `--namespace=${shellWord(shownName(namespace, 'namespace'))}`;
  const what = `--resource=${resource}${group === '' ? '' : `.${group}`}/${subresource}`;
  const only = object === '' ? '' : ` --resource-name=${shellWord(object)}`;
  return [
    `kubectl create role ${role} ${where} --verb=${verb} ${what}${only}`,
    `kubectl create rolebinding ${binding} ${where} --role=${role} ${subject(user)}`,
  ];
}

/** What a binding is called after, or a second user's would have the name of the first one's. Names of RBAC may hold anything but these two. */
function forName(user: string): string {
  return (accountOf(user) ?? shownName(user, 'user')).replace(/[/%]/g, '-');
}

function accountOf(user: string): string | undefined {
  return /^system:serviceaccount:([a-z0-9.-]{1,63}:[a-z0-9.-]{1,253})$/.exec(user)?.[1];
}

function subject(user: string): string {
  const account = accountOf(user);
  return account === undefined ? `--user=${shellWord(shownName(user, 'user'))}` : `--serviceaccount=${account}`;
}

/** Names of Kubernetes objects are no longer; a user's may be, but not to be read off a terminal. */
const maxLength = 253;

/** What some shells take for quotes. */
const quoteLike = /[\u2018-\u201f]/;

function shownName(text: string, what: string): string {
  return text === '' || text.length > maxLength || !isVisible(text) || quoteLike.test(text) ? `<${what}>` : text;
}

/** Quotes and backslashes get double quotes of their own: shells disagree on what they mean inside single ones. */
function shellWord(text: string): string {
  if (/^[\w.:@/-]+$/.test(text)) return text;
  return text.replace(/['\\]|[^'\\]+/g, (part) => (part === "'" ? `"'"` : part === '\\' ? '"\\\\"' : `'${part}'`));
}

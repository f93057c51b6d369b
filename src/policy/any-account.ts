import { matchesEverything, matchesPattern } from '../rules/pattern.ts';
import type { Exemption } from './exemption.ts';

/** A pattern of an exemption that service accounts of namespaces match which it does not name. Whoever may create one there is exempt. */
export interface AnyAccountPattern {
  readonly list: 'users' | 'groups';
  readonly index: number;
  readonly pattern: string;
}

/** Those of an exemption that holds in all namespaces. `*` alone is none of them: it says that everybody is meant. */
export function anyAccountPatterns({ users, groups, namespaces }: Exemption): readonly AnyAccountPattern[] {
  if (namespaces && !namespaces.some(matchesEverything)) return [];
  const isOpen = {
    users: users?.some((pattern) => matchesEverything(pattern) || namesAnyAccount('users', pattern)) ?? true,
    groups: groups?.some((pattern) => namesAnyAccount('groups', pattern) || namesAllAccounts(pattern)) ?? true,
  };
  if (!isOpen.users || !isOpen.groups) return [];
  return (['users', 'groups'] as const).flatMap(
    (list) =>
      ({ users, groups })[list]?.flatMap((pattern, index) =>
        namesAnyAccount(list, pattern) ? [{ list, index, pattern }] : [],
      ) ?? [],
  );
}

/** Groups that all service accounts are in. */
const groupsOfAll = ['system:authenticated', 'system:serviceaccounts'];

function namesAllAccounts(pattern: string): boolean {
  return groupsOfAll.some((group) => matchesPattern(pattern, group));
}

function namesAnyAccount(list: 'users' | 'groups', pattern: string): boolean {
  return !matchesEverything(pattern) && new RegExp(anyAccount[list]).test(pattern);
}

/**
 * Regular expressions over patterns, for JavaScript and for Go, as the chart decides with them, too. What they match has `*` where an
 * account's name, or the name of its group, has the namespace: after the part that all have, or somewhere before its end. In the second
 * case what follows has to be what can follow in such a name.
 */
export const anyAccount = {
  users: anywhere('system:serviceaccount', '[a-z0-9-]*', ':[a-z0-9.*-]*'),
  groups: anywhere('system:serviceaccounts', '[a-z0-9-]*', ''),
};

function anywhere(head: string, label: string, name: string): string {
  const [system = '', accounts = ''] = head.split(':');
  const tail = `([a-z0-9.*-]*|[a-z0-9*-]*${name})`;
  const ends = [
    tail,
    `(${endsOf(head)}|[a-z:]*\\*[a-z:*]*|):${label}\\*${tail}`,
    `(${endsOf(system)}):(${beginningsOf(accounts)})\\*${tail}`,
  ];
  return `^${head}:${label}\\*|^(${beginningsOf(`${head}:`)})\\*(${ends.join('|')})$`;
}

/** All but the text itself. */
function beginningsOf(text: string): string {
  return [...text].map((_, length) => text.slice(0, length)).join('|');
}

function endsOf(text: string): string {
  return [...text].map((_, start) => text.slice(start)).join('|');
}

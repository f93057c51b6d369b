import { fieldsOf, listOf } from '../json/fields.ts';
import { allKinds, kinds } from '../kinds/index.ts';
import type { KindDefinition } from '../kinds/kind.ts';

/** What is granted on one resource. */
export interface Right {
  /** Such as `endpoints`, `endpoints/restricted` or `services/status`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** The only names that it is granted for; all where empty. */
  readonly names: readonly string[];
  /** Of a `restricted` subresource: `*` grants it, and with it whatever else. */
  readonly wildcard?: true;
}

const writing: readonly string[] = ['create', 'update', 'patch'];

/**
 * What RBAC rules grant that decides where traffic goes: writing Endpoints, EndpointSlices and the status of Services (Services
 * themselves are what tenants write), and `create` on their `restricted` subresource. Matches as the API server's authorizer does: `*` means subresources too, and of patterns there is only `X` followed by
 * a subresource where X is `*`; `endpoints/*` is a name like any other. Total: any JSON value gives a list.
 */
export function rightsOf(rules: unknown): readonly Right[] {
  const rights: Right[] = [];
  for (const rule of listOf(rules))
    for (const definition of allKinds) {
      const { group, resource } = definition;
      const { apiGroups, resources: granted, verbs: all, resourceNames } = fieldsOf(rule);
      if (!matches(apiGroups, group)) continue;
      const names = listOf(resourceNames).map(String);
      const written = writtenOf(definition);
      const verbs = listOf(all).includes('*') ? ['*'] : written.verbs.filter((verb) => listOf(all).includes(verb));
      if (verbs.length > 0 && matches(granted, ...written.words))
        rights.push({ resource: written.resource, verbs, names });
      const restricted = `${resource}/restricted`;
      if (matches(all, 'create') && matches(granted, restricted, '*/restricted'))
        rights.push({ resource: restricted, verbs: ['create'], names, ...(matches(granted) && { wildcard: true }) });
    }
  return combined(rights);
}

/** What of a kind decides where traffic goes, in which words rules name it, and with which verbs it is written. */
function writtenOf({ kind, resource }: KindDefinition) {
  if (kind !== kinds.Service.kind) return { resource, words: [resource], verbs: writing };
  const status = `${resource}/status`;
  return { resource: status, words: [status, '*/status'], verbs: writing.filter((verb) => verb !== 'create') };
}

/** Whether a list of a rule has `*` or one of the words. */
function matches(list: unknown, ...words: readonly string[]): boolean {
  return listOf(list).some((item) => item === '*' || words.some((word) => word === item));
}

/** One right for a resource and the same names. */
function combined(rights: readonly Right[]): readonly Right[] {
  const found = new Map<string, Right>();
  for (const right of rights) {
    const key = JSON.stringify([right.resource, right.names]);
    const verbs = new Set([...(found.get(key)?.verbs ?? []), ...right.verbs]);
    found.set(key, {
      ...found.get(key),
      ...right,
      verbs: verbs.has('*') ? ['*'] : writing.filter((verb) => verbs.has(verb)),
    });
  }
  return [...found.values()];
}

/** A right as text: `endpoints: create, update (only web)`. */
export function rightText({ resource, verbs, names }: Right): string {
  const only = names.length === 0 ? '' : ` (only ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''})`;
  return `${resource}: ${verbs.join(', ')}${only}`;
}

export function isRestricted({ resource }: Right): boolean {
  return resource.endsWith('/restricted');
}

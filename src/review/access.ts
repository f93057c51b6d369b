import type { Kind } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import { type Requester, unnamedSubresource } from '../policy/exemption.ts';
import type { Operation } from './judge.ts';

/** What an authorizer is asked, in full: may this requester `create` (also where he updates) the `restricted` subresource of this object. */
export interface AccessQuestion extends Required<Requester> {
  readonly verb: 'create';
  readonly group: string;
  readonly resource: string;
  readonly subresource: 'restricted' | typeof unnamedSubresource;
  readonly namespace: string;
  /** `''` where the object has none yet, or one that was generated for it: nobody could have been granted that. */
  readonly name: string;
}

/**
 * `wildcard`: only a role that grants everything allows it, and the policy does not count that. `unanswered`: the authorizer gave no answer;
 * `reason` says why, and what may help.
 */
export type AccessAnswer =
  | { readonly result: 'allowed' | 'refused' | 'wildcard' }
  | { readonly result: 'unanswered'; readonly reason: string };

/** Asks an authorizer. Answers within so many milliseconds, and never rejects. */
export type AskAccess = (question: AccessQuestion, milliseconds: number) => Promise<AccessAnswer>;

/** Who wants to do what to which object. */
interface AccessSubject {
  readonly kind: Kind;
  readonly operation: Operation;
  readonly namespace: string;
  readonly requester: Requester;
  readonly object: unknown;
}

export function accessQuestion({ kind, operation, namespace, requester, object }: AccessSubject): AccessQuestion {
  const { user, uid = '', groups, extra = {} } = requester;
  const { group, resource } = kinds[kind];
  return {
    ...{ user, uid, groups, extra },
    verb: 'create',
    group,
    resource,
    subresource: 'restricted',
    namespace,
    name: nameOf(object, operation),
  };
}

/** The same about the subresource that nobody would name. */
export function unnamedQuestion(question: AccessQuestion): AccessQuestion {
  return { ...question, subresource: unnamedSubresource };
}

/** What Kubernetes leaves of a generateName, and the length of what it puts behind it. */
const [longestBase, suffixLength] = [58, 5];

/** A validating webhook sees a name also where it was just generated. */
function nameOf(object: unknown, operation: Operation): string {
  const { name, generateName } = fieldsOf(fieldsOf(object).metadata);
  if (typeof name !== 'string') return '';
  if (operation !== 'CREATE' || typeof generateName !== 'string' || generateName === '') return name;
  const base = generateName.slice(0, longestBase);
  return name.startsWith(base) && name.length === base.length + suffixLength ? '' : name;
}

/** Equal for equal questions, and for no others. */
export function accessKey(question: AccessQuestion): string {
  const { user, uid, groups, extra, verb, group, resource, subresource, namespace, name } = question;
  const extras = Object.entries(extra).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([user, uid, groups, extras, verb, group, resource, subresource, namespace, name]);
}

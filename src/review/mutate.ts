import { createDefaultsPatch, type PatchOperation } from '../defaults/patch.ts';
import { fieldsOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import type { Policy } from '../policy/policy.ts';
import { type JudgedObject, judge } from './judge.ts';

/** The defaults as a JSON Patch that touches `subsets` only. Never refuses: what cannot be read gets no patch. */
export function mutate(
  policy: Policy,
  { kind, object, operation, namespace }: JudgedObject,
): readonly PatchOperation[] {
  const { protocol, packSubsets } = policy.defaults;
  if (!kinds[kind].hasDefaults) return [];
  if (operation !== 'CREATE' || !packSubsets) return createDefaultsPatch(object, { protocol });
  const packable = (subsets: readonly unknown[]) =>
    isClean(policy, { kind, operation, namespace, object: { ...fieldsOf(object), subsets } });
  return createDefaultsPatch(object, { protocol, packable });
}

/** Whatever the policy's mode and exemptions: an object that a rule would deny stays as it was sent, for that rule to see. */
function isClean(policy: Policy, judged: JudgedObject): boolean {
  const { violations } = judge({ ...policy, mode: 'enforce' }, judged);
  return !violations.some(({ enforcement }) => enforcement === 'deny');
}

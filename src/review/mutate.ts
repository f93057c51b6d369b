import { defaultsPatch, type PatchOperation } from '../defaults/patch.ts';
import { fieldsOf } from '../endpoints/fields.ts';
import type { Policy } from '../policy/policy.ts';
import { judge } from './judge.ts';
import type { Review } from './review.ts';

/** The defaults as a JSON Patch that touches `subsets` only. Never refuses: what cannot be read gets no patch. */
export function mutate(
  policy: Policy,
  { object, operation }: Pick<Review, 'object' | 'operation'>,
): readonly PatchOperation[] {
  const { protocol, packSubsets } = policy.defaults;
  if (operation !== 'CREATE' || !packSubsets) return defaultsPatch(object, { protocol });
  return defaultsPatch(object, { protocol, packable: (subsets) => isClean(policy, { ...fieldsOf(object), subsets }) });
}

/** Whatever the policy's mode and exemptions: an object that a rule would deny stays as it was sent, for that rule to see. */
function isClean(policy: Policy, object: unknown): boolean {
  const { violations } = judge({ ...policy, mode: 'enforce' }, object, 'CREATE');
  return !violations.some(({ enforcement }) => enforcement === 'deny');
}

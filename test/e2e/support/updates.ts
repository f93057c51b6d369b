import type { Kind } from '../../../src/endpoints/view.ts';
import { type Fields, fieldsOf } from '../../../src/json/fields.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import { review } from '../../../src/review/review.ts';
import { kinds, tenant } from './names.ts';
import type { Situation } from './situation.ts';
import { contentUpdates } from './updates-of-content.ts';
import { metadataUpdates } from './updates-of-metadata.ts';

/** An update that changes one thing alone of an old object that breaks rules. */
export interface Update {
  readonly kind: Kind;
  readonly title: string;
  /** What it changes, `[*]` for any item of a list. */
  readonly field: string;
  readonly before: Fields;
  readonly after: Fields;
  /** Whether it is judged in full. */
  readonly judged: boolean;
  /** No API server lets anybody write it, or it stores something else. */
  readonly unwritable?: true;
}

/** Every field, label, annotation, finalizer and owner. */
export const updates: readonly Update[] = kinds.flatMap((kind) => [...contentUpdates(kind), ...metadataUpdates(kind)]);

/** Those that can be written, as whole objects. */
export const updateSituations: readonly Situation[] = updates
  .filter(({ unwritable }) => !unwritable)
  .map(({ kind, title, before, after, judged }) => ({
    ...{ kind, title, as: tenant, called: judged, before, method: 'PUT' as const, body: after },
    ...(isGood(kind, after) && { verdict: 'allowed' as const }),
  }));

/** What comes of one: versions of Kubernetes differ in what they refuse before anybody is asked. */
export function outcomeOf({ called, verdict }: Situation): RegExp {
  const isRefused = called && verdict !== 'allowed';
  return isRefused ? /^(?:refused by us$|422 )/ : /^(?:taken$|422 )/;
}

function isGood(kind: Kind, content: Fields): boolean {
  const requester = { user: tenant.user, groups: [] };
  const object = { ...content, metadata: { name: 'web', namespace: 'shop', ...fieldsOf(content.metadata) } };
  return review(defaultPolicy(), { kind, operation: 'UPDATE', namespace: 'shop', requester, object }).allowed;
}

import { fieldsOf } from '../../src/json/fields.ts';
import { tenant } from '../e2e/support/names.ts';
import { type Update, updates } from '../e2e/support/updates.ts';
import { type Case, defaultPolicy } from './case.ts';

/** Those that an API server takes, and some that it need not: nothing else shows that a slice's type and a prefix count. */
export function updateCases(): readonly Case[] {
  return updates
    .filter(
      ({ field, title, unwritable }) =>
        !unwritable || title === `${field} changed` || field === 'metadata.generateName',
    )
    .map((update) => ({ ...caseOf(update), asked: update.judged }));
}

export function titleOf({ kind, title }: Update): string {
  return `${kind}: ${title}`;
}

export function caseOf(update: Update): Case {
  const { kind, before, after } = update;
  const [object, oldObject] = [after, before].map((one) => ({
    ...one,
    metadata: { ...fieldsOf(one.metadata), name: 'web' },
  }));
  const who = { user: tenant.user, groups: tenant.groups ?? [], namespace: 'shop', name: 'web' };
  return { ...who, title: titleOf(update), policy: defaultPolicy, kind, operation: 'UPDATE', object, oldObject };
}

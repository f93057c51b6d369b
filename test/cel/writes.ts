import { type Fields, fieldsOf, isFields } from '../../src/json/fields.ts';
import { tenant } from '../e2e/support/names.ts';
import { badEndpoints } from '../e2e/support/objects.ts';
import type { Situation } from '../e2e/support/situation.ts';
import { situations } from '../e2e/support/situations.ts';
import { copiedLabels } from '../support/serving-keys.ts';
import { type Case, defaultPolicy } from './case.ts';

/** Every way in which a label changes that the mirroring controller copies. */
const labelChanges: readonly Situation[] = copiedLabels.flatMap((label) =>
  [undefined, '', 'a', 'b'].flatMap((before) =>
    [null, '', 'a'].map((after) => ({
      kind: 'Endpoints' as const,
      title: `${label} from ${before} to ${after}`,
      as: tenant,
      called: before !== (after ?? undefined),
      before: { ...badEndpoints('web'), metadata: before === undefined ? {} : { labels: { [label]: before } } },
      body: { metadata: { labels: { [label]: after, app: 'web' } } },
    })),
  ),
);

/** What the end-to-end suite writes, and more, as an API server hands it on. */
export function situationCases(): readonly Case[] {
  return [...situations, ...labelChanges].map((situation) => {
    const { kind, called, as } = situation;
    const title = `${kind}, ${situation.title}`;
    const who = {
      namespace: situation.namespace ?? 'shop',
      name: situation.name ?? 'web',
      user: as.user,
      groups: as.groups ?? [],
    };
    return { title, policy: defaultPolicy, kind, asked: called, ...who, ...contentOf(situation) };
  });
}

function contentOf(situation: Situation): Pick<Case, 'operation' | 'object' | 'oldObject'> {
  const { method, body, before, deleting } = situation;
  if (before === undefined) return { operation: 'CREATE', object: named(body, situation) };
  const kept = deleting
    ? { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/keep'] } }
    : {};
  const oldObject = merged(named(before, situation), kept);
  if (method === 'DELETE') return { operation: 'DELETE', object: undefined, oldObject };
  if (method === 'PUT') return { operation: 'UPDATE', object: named(body, situation), oldObject };
  const object = Array.isArray(body) ? body.reduce(replaced, oldObject) : merged(oldObject, body);
  return { operation: 'UPDATE', object: named(object, situation), oldObject };
}

function named(object: unknown, { name = 'web' }: Situation): Fields {
  return { ...fieldsOf(object), metadata: { ...fieldsOf(fieldsOf(object).metadata), name } };
}

/** RFC 7396. The lists of both kinds are atomic, so that server-side apply and strategic merge patches come to the same. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result = { ...fieldsOf(target) };
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  return result;
}

/** One `replace` of RFC 6902. */
function replaced(target: unknown, patch: unknown): unknown {
  const { op, path, value } = fieldsOf(patch);
  if (op !== 'replace' || typeof path !== 'string') throw new Error(`${JSON.stringify(patch)} is not understood here`);
  const [, key = '', ...rest] = path.split('/');
  const inner = (at: unknown) => (rest.length === 0 ? value : replaced(at, { op, path: `/${rest.join('/')}`, value }));
  if (Array.isArray(target)) return target.map((item, i) => (String(i) === key ? inner(item) : item));
  return { ...fieldsOf(target), [key]: inner(fieldsOf(target)[key]) };
}

import { type Fields, fieldsOf, isFields } from '../json/fields.ts';
import type { Operation } from './judge.ts';

/**
 * What stands already that a Service puts into service: Endpoints of its name and all slices with its label, or only the slices that no
 * controller of Kubernetes keeps, since with a selector it overwrites the others.
 */
export type Woken = 'everything' | 'unmanaged-slices';

/** A write of a Service, as it was sent. */
interface ServiceWrite {
  readonly operation: Operation;
  readonly object: unknown;
  readonly previous?: unknown;
}

/**
 * What a write of a Service puts into service that was not in service before; `undefined` where that is nothing. Controllers leave a Service
 * alone that has no selector or is an ExternalName, and proxies leave an ExternalName alone: what changes neither wakes nothing.
 */
export function wokenBy({ operation, object, previous }: ServiceWrite): Woken | undefined {
  const now = specOf(object);
  if (isExternalName(now)) return undefined;
  const before = operation === 'UPDATE' && isFields(previous) && isFields(previous.spec) ? previous.spec : undefined;
  const isNew = before === undefined || isExternalName(before);
  if (hasSelector(now)) return isNew ? 'unmanaged-slices' : undefined;
  return isNew || hasSelector(before) ? 'everything' : undefined;
}

function specOf(object: unknown): Fields {
  return fieldsOf(fieldsOf(object).spec);
}

function isExternalName({ type }: Fields): boolean {
  return type === 'ExternalName';
}

/** An empty one is none: API servers store it as that. */
function hasSelector({ selector }: Fields): boolean {
  return Object.keys(fieldsOf(selector)).length > 0;
}

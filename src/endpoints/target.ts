import { fieldsOf } from '../json/fields.ts';
import type { EndpointAddress } from './view.ts';

/** What an address is said to belong to; `undefined` for what is absent or no text. */
export interface Target {
  readonly kind: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Read when it is asked for: of most addresses nobody asks. */
export function targetOf({ targetRef }: EndpointAddress): Target {
  const { kind, namespace, name } = fieldsOf(targetRef);
  return { kind: textOf(kind), namespace: textOf(namespace), name: textOf(name) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

import type { FieldPath } from '../endpoints/field-path.ts';
import type { Finding } from '../endpoints/finding.ts';

/** Something that an API server refuses. */
export interface Refusal extends Finding {
  /** Whether it is the key that is wrong, not its value. */
  readonly ofKey?: true;
  /** The field of the same object that a misspelt key seems to mean. */
  readonly meant?: string;
}

/** Takes what is wrong and where; `describe` is called only where there is room. */
export type Report = (path: FieldPath, describe: () => Omit<Refusal, 'path'>) => void;

/** Collects into `refusals`, `limit` of them at most. */
export function collectInto(refusals: Refusal[], limit: number): Report {
  return (path, describe) => {
    if (refusals.length < limit) refusals.push({ path: path.steps, ...describe() });
  };
}

import type { Address } from './address.ts';
import type { Path } from './field-path.ts';

/** What kind of wrong a finding is, in the terms of a Kubernetes Status cause. */
export type CauseType = 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueNotSupported' | 'FieldValueTooMany';

/** Something wrong, and where. Parsers, rules and the policy loader all report in this one shape. */
export interface Finding {
  readonly path: Path;
  /** The value as written and what is wrong with it; lower-case, no full stop. */
  readonly message: string;
  /** What to write instead, where this finding knows it better than its rule does. */
  readonly remedy?: string;
  /** `FieldValueInvalid` where absent. */
  readonly reason?: CauseType;
  /** The address whose holder it is about: who has it now is asked before the finding refuses anything. */
  readonly holderOf?: Address;
  /** Whether nothing was found, because what would have to be known is not. */
  readonly isUnknown?: true;
}

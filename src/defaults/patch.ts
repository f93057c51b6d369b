import { isFields } from '../json/fields.ts';
import { packSubsets } from './pack-subsets.ts';
import { fillProtocols } from './protocol.ts';

/** One RFC 6902 operation. Replacing the whole list always applies, whoever else patches. */
export interface PatchOperation {
  readonly op: 'replace';
  readonly path: '/subsets';
  readonly value: readonly unknown[];
}

export interface DefaultsOptions {
  readonly protocol: boolean;
  /** Absent: nothing is packed. Otherwise whether an object with these subsets would be allowed. */
  readonly packable?: (subsets: readonly unknown[]) => boolean;
}

/** What fills in the defaults; nothing where there is nothing to fill in, or the subsets cannot be read. */
export function createDefaultsPatch(
  object: unknown,
  { protocol, packable }: DefaultsOptions,
): readonly PatchOperation[] {
  if (!isFields(object) || !Array.isArray(object.subsets)) return [];
  const sent: readonly unknown[] = object.subsets;
  const filled = protocol ? fillProtocols(sent) : sent;
  const packed = packable ? packSubsets(filled) : filled;
  const value = packed !== filled && packable?.(filled) && packable(packed) ? packed : filled;
  return value === sent ? [] : [{ op: 'replace', path: '/subsets', value }];
}

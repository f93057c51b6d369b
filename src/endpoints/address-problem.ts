/** Why a text is no address, and what to write instead. */
export interface AddressProblem {
  /** Follows the quoted text. */
  readonly problem: string;
  readonly remedy: string;
}

/** The remedy for what means something else on each machine. */
export const reachableAddress =
  'write an address that every node reaches the same way, such as that of a pod or of an external server';

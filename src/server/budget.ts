/** How many bytes may be held for bodies and answers at once, by all requests together, and how many are. */
export interface Budget {
  readonly bytes: number;
  held: number;
}

/** What one request holds of it. */
export interface Share {
  /** From now on so many bytes. Returns whether all requests together are within the budget. */
  hold(bytes: number): boolean;
  /** At least so many bytes, unless that would exceed the budget: then it returns false, and holds what it held. */
  claim(bytes: number): boolean;
}

export function createShare(budget: Budget): Share {
  let held = 0;
  const hold = (bytes: number) => {
    budget.held += bytes - held;
    held = bytes;
    return budget.held <= budget.bytes;
  };
  return {
    hold,
    claim(bytes) {
      const fits = bytes <= held || budget.held - held + bytes <= budget.bytes;
      if (fits) hold(Math.max(bytes, held));
      return fits;
    },
  };
}

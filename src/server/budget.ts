/** How many bytes all requests together may hold for bodies and answers, and how many they hold. */
export interface Budget {
  readonly bytes: number;
  held: number;
}

/** What one request holds of the budget. */
export interface Share {
  /** Holds this many bytes from now on. Returns whether all requests together are within the budget. */
  hold(bytes: number): boolean;
  /** Holds at least this many bytes and returns true; returns false and changes nothing if that would exceed the budget. */
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

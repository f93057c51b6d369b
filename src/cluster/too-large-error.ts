/** An answer was larger than allowed. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** There is no memory for it now; another time there may be. */
export class NoMemoryError extends TooLargeError {}

/** An answer was larger than allowed. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

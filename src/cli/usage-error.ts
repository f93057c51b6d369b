/** Wrong usage, or a file that cannot be read: the command prints the message and ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly lines: readonly string[];

  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    super([lines].flat().join('\n'), options);
    this.lines = [lines].flat();
  }
}

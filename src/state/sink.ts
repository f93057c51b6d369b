/** What is followed is put in here. Calls are synchronous. */
export interface Sink {
  /**
   * Between `begin` and `end` what was not put goes (mark and sweep). Comes once more without an `end` where a list broke off: what was put
   * since the first does not count then.
   */
  begin(): void;
  /** The whole object, as it was sent. */
  put(item: unknown): void;
  remove(item: unknown): void;
  end(): void;
}

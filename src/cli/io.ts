/** What a command may do to the world; `main.ts` gives it the process's own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Says on the same line of a terminal how far it is; absent where nobody watches. `''` takes the line away. */
  progress?(text: string): void;
  /** Reads standard input to its end. */
  input(): Promise<string>;
}

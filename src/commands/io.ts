/** What a command may do to the world; `main.ts` gives it the process's own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Reads standard input to its end. */
  input(): Promise<string>;
}

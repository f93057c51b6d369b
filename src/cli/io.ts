/**
 * The input and output of a command; `main.ts` passes those of the process, to which only visible characters go. Ends of lines are the
 * command's to watch.
 */
export interface Io {
  /** The variables of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** Shows progress on one line of a terminal; absent where there is none. `''` clears the line. */
  progress?(text: string): void;
  /** Reads standard input to its end. */
  input(): Promise<string>;
}

import { Scanner } from './scanner.ts';
import { parseValue } from './skip-value.ts';

/** Values by index as they were sent, read from the bytes when they are asked for. */
export class SentColumn {
  readonly #bytes: Buffer;
  readonly #starts: { at(index: number): number };

  /** `starts`: where each begins, 0 where it is absent. */
  constructor(bytes: Buffer, starts: { at(index: number): number }) {
    this.#bytes = bytes;
    this.#starts = starts;
  }

  at(index: number): unknown {
    const start = this.#starts.at(index);
    return start === 0 ? undefined : parseValue(new Scanner(this.#bytes, start));
  }
}

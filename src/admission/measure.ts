/** Beyond these `JSON.parse` would hold the event loop for seconds; an object that etcd can hold has a tenth. */
export const limits = { values: 1_000_000, levels: 10_000 } as const;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Which limit a JSON text exceeds, counted in one pass over its bytes; `undefined` for a text that is fit to be parsed. */
export function exceeds(bytes: Uint8Array): string | undefined {
  if (isSurelyFit(bytes)) return undefined;
  let values = 1;
  let level = 0;
  let empty = false; // whether a container was opened and nothing has come since
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte <= 0x20) continue;
    if (byte === quote) {
      for (i++; i < bytes.length && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
      empty = false;
    } else if (byte === comma) {
      values++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++level > limits.levels) return `more than ${limits.levels} levels`;
      empty = true;
    } else if (byte === 0x7d || byte === 0x5d) {
      level--;
      if (!empty) values++;
      empty = false;
    } else empty = false;
  }
  return values > limits.values ? `more than ${limits.values} values` : undefined;
}

/** What almost every body passes, at a quarter of the cost: too short for the values, too few brackets (in strings or not) for the levels. */
function isSurelyFit(bytes: Uint8Array): boolean {
  if (bytes.length >= 2 * limits.values) return false;
  if (bytes.length < 2 * limits.levels) return true;
  let opening = 0;
  for (const bracket of [0x7b, 0x5b])
    for (let at = bytes.indexOf(bracket); at >= 0; at = bytes.indexOf(bracket, at + 1))
      if (++opening > limits.levels) return false;
  return true;
}

import { visibleLines } from '../endpoints/visible.ts';

/** JSON to print: what cannot be seen is escaped, as JSON may have it. */
export function jsonText(value: unknown): string {
  return visibleLines(JSON.stringify(value, undefined, 2));
}

/**
 * A JSON document whose one long list is written item by item, since all of it at once would take a multiple of its memory. The items
 * go into the empty list at the end of `frame`, which is the last member of its last member.
 */
export function* jsonChunks(frame: unknown, items: Iterable<unknown>): Iterable<string> {
  const text = jsonText(frame);
  const at = text.lastIndexOf('[]');
  const [before, after] = [text.slice(0, at), text.slice(at + 2)];
  let separator = `${before}[\n`;
  for (const item of items) {
    yield `${separator}${jsonText(item)}`;
    separator = ',\n';
  }
  yield separator === ',\n' ? `\n]${after}\n` : `${before}[]${after}\n`;
}

/** How much is written at once, in characters. */
const batch = 65_536;

/** The same text in fewer pieces. */
export function* batches(chunks: Iterable<string>): Iterable<string> {
  let text = '';
  for (const chunk of chunks) {
    text += chunk;
    if (text.length < batch) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

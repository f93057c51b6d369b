import type { Position } from './position.ts';

/**
 * Where what stands in a text stands in the text around it: in a block scalar on its own line, elsewhere where the text begins. `start`:
 * where the scalar begins.
 */
export function placeInText(around: string, start: Position, text: string): (position: Position) => Position {
  let lines: readonly string[] | undefined;
  let inner: readonly string[] = [];
  return ({ line, column }) => {
    lines ??= around.split(/\r?\n/);
    if (inner.length === 0) inner = text.split('\n');
    const wanted = inner[line - 1] ?? '';
    const written = lines[start.line - 1 + line] ?? '';
    if (wanted === '' || !written.endsWith(wanted)) return start;
    return { line: start.line + line, column: written.length - wanted.length + column };
  };
}

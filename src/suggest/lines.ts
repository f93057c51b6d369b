import { visible } from '../endpoints/visible.ts';

/** Of a line of a policy file. */
const width = 100;

/** A comment of YAML in lines that are not too long. Text of others is safe in it. */
export function comment(text: string, indent = 0): readonly string[] {
  const start = `${' '.repeat(indent)}#`;
  const lines: string[] = [];
  let line = start;
  for (const word of visible(text).split(' ')) {
    if (line !== start && line.length + 1 + word.length > width) {
      lines.push(line);
      line = start;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

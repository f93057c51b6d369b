/** What nobody sees, or what a terminal or a reader takes for something else: controls, overrides of direction, blanks, lone halves. */
const invisible = /[[\p{C}\p{DI}\p{Z}\u2800]--[\x20]]/v;

/** What CI systems take for a command anywhere in a line, such as `##vso[task.complete]`. */
const command = /#(?=#\w*\[)/;

/** All that must not be printed as it is: what matches is one character. */
export const unsafe = new RegExp(`${invisible.source}|${command.source}`, 'v');

const everyUnsafe = new RegExp(unsafe, 'gv');

/** Text of others, safe to show: what is unsafe becomes an escape, of JSON unless another is given. */
export function visible(text: string, asEscape: (character: string) => string = escapeCharacter): string {
  return text.replace(everyUnsafe, (character) => asEscape(character));
}

export function isVisible(text: string): boolean {
  return !unsafe.test(text);
}

/** `\u202e`; two of these beyond 16 bits. */
export function escapeCharacter(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}

/** A line to print, with its end; never one that begins as a command to GitHub does: `::set-output`. */
export function printedLine(text: string): string {
  return `${withoutCommand(visible(text))}\n`;
}

/** A text whose line ends are ours. JSON stays the same JSON. */
export function visibleLines(text: string): string {
  return text.replace(/[^\n]+/g, (line) => withoutCommand(visible(line)));
}

function withoutCommand(line: string): string {
  return line.replace(/^( *):(?=:)/, '$1\\u003a');
}

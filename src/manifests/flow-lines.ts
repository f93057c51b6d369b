/**
 * Joins the lines of a flow collection (`{ … }`, `[ … ]`) from an offset inside of it to its end, in place: every other character keeps
 * its offset. kubectl does not mind how such lines are indented; js-yaml does, by the letter of YAML 1.2.
 */
export function joinFlowLines(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', endOfToken(text, offset) - 1) + 1; // a tab anywhere in that line is not minded either
  const end = endOfCollection(text, offset);
  return text.slice(0, start) + blank(text.slice(start, end)) + text.slice(end);
}

/** The end of what comes before the blank lines and comments before an offset. */
function endOfToken(text: string, offset: number): number {
  let end = offset;
  for (;;) {
    const lineStart = text.lastIndexOf('\n', end - 1) + 1;
    const line = withoutComment(text.slice(lineStart, end)).trimEnd();
    if (line !== '' || lineStart === 0) return lineStart + line.length;
    end = lineStart - 1;
  }
}

function withoutComment(line: string): string {
  for (const { 0: token, index } of line.matchAll(flowToken)) if (token.startsWith('#')) return line.slice(0, index);
  return line;
}

const quotedText = String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"|'[^']*(?:''[^']*)*'`;
const comment = String.raw`(?<=^|\s)#[^\n]*`;

const flowToken = new RegExp(`${quotedText}|${comment}|[[\\]{}]`, 'gm');

/** Where the outermost collection ends that an offset is in: what comes after it does not go on with a collection. */
function endOfCollection(text: string, offset: number): number {
  const token = new RegExp(flowToken);
  token.lastIndex = offset;
  let depth = 1;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [first] = found[0];
    if (first === '[' || first === '{') depth++;
    else if (first === ']' || first === '}') depth--;
    if (depth < 1 && !/^[\s]*[\]},:]/.test(text.slice(token.lastIndex, token.lastIndex + 1000))) return token.lastIndex;
  }
  return text.length;
}

const separation = new RegExp(`(${quotedText})|${comment}\\s*|\\s+`, 'gm');

/** With spaces instead of comments and of white space, but for line breaks inside of quotes and between the words of one text. */
function blank(text: string): string {
  return text.replace(separation, (found: string, quoted: string | undefined, offset: number) => {
    if (quoted !== undefined) return quoted;
    const [before, after] = [text.charAt(offset - 1), text.charAt(offset + found.length)];
    const insideText = found.trim() === '' && isText(before) && isText(after);
    return insideText ? found : ' '.repeat(found.length);
  });
}

function isText(character: string): boolean {
  return character !== '' && !',[]{}:"\''.includes(character);
}

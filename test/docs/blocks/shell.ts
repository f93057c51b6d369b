/** A command of a script, as words without their quotes. */
export type Words = readonly string[];

/** The commands of a script, also those behind a pipe and inside `$(…)`. For what documents have, not for all of the shell. */
export function commandsOf(script: string): readonly Words[] {
  const text = script.replaceAll(/<<'(\w+)'\n[\s\S]*?^\1$/gm, '').replaceAll('\\\n', ' ');
  const inner = [...text.matchAll(/\$\(([^()]*(?:\{[^{}]*\})?[^()]*)\)/g)].flatMap(([, part = '']) => commandsOf(part));
  return [...splitWords(text.replaceAll(/<\([^()]*\)/g, '-')), ...inner].filter((words) => words.length > 0);
}

function splitWords(text: string): readonly Words[] {
  const commands: string[][] = [[]];
  // comment, quoted, separator, plain
  const tokens = text.matchAll(
    /(?<=^|\s)#.*|((?:'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^)]*\)|[^\s'"|&;])+)|(\n|\|\|?|&&?|;)/gm,
  );
  for (const [, word, separator] of tokens) {
    if (separator) commands.push([]);
    else if (word) commands.at(-1)?.push(word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"/g, '$1$2'));
  }
  return commands.map(withoutAssignments);
}

/** Without what stands before the command: words of loops, braces of a group, `NAME=value`, and what is redirected. */
function withoutAssignments(words: Words): Words {
  if (words[0] === 'for') return [];
  const start = words.findIndex((word) => !/^(?:[{})]|do|done|if|then|fi|\w+=.*)$/.test(word));
  if (start < 0) return [];
  const end = words.findIndex((word, index) => index >= start && (/^[<>}]/.test(word) || /^\d?>/.test(word)));
  return words.slice(start, end < 0 ? undefined : end);
}

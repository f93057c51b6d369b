import { globSync, readFileSync } from 'node:fs';

/** What a call of the logger in src says. */
export interface LogCall {
  readonly file: string;
  readonly level: string;
  /** What is written of its message, with `…` for what differs; empty where the message is made elsewhere. */
  readonly messages: readonly string[];
  /** The fields that stand in the call. */
  readonly fields: readonly string[];
  readonly text: string;
}

/** Every call of a logger in src, as it is written. */
export function findLogCalls(): readonly LogCall[] {
  return globSync('src/**/*.ts').flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const calls = source.matchAll(/\blog(?:\(\)\?)?(?:\.child\(\{\}, \{ level: 'info' \}\))?(?:\.(\w+)|\[level\])\(/g);
    return [...calls].flatMap(({ index, 0: { length }, 1: level = 'info' }) => {
      if (!/^(?:debug|info|warn|error|fatal)$/.test(level)) return [];
      const text = source.slice(index + length, endOf(source, index + length));
      return [{ file, level, messages: messagesOf(text), fields: fieldsOf(text), text }];
    });
  });
}

/** Of the call that begins there. */
function endOf(source: string, begin: number): number {
  let depth = 1;
  let at = begin;
  for (; depth > 0; at++) {
    if (/[([{]/.test(source[at] ?? '')) depth++;
    else if (/[)\]}]/.test(source[at] ?? '')) depth--;
  }
  return at - 1;
}

/** The last argument, where it is a text. */
function messagesOf(text: string): readonly string[] {
  const written = /(?:^|[,}]\s*)(?:'([^']*)'|`((?:[^`$]|\$\{(?:[^}])*\}|\$)*)`),?\s*$/.exec(text);
  const message = written?.[1] ?? written?.[2];
  return message === undefined ? [] : [withGaps(message)];
}

export function withGaps(template: string): string {
  return template.replace(/\$\{[^}]*\}/g, '…');
}

/** Of the object that comes first: `a`, `a: b`, and those of `...{ a }`. */
function fieldsOf(text: string): readonly string[] {
  const begin = /^\s*\{/.exec(text)?.[0].length ?? 0;
  const object = begin === 0 ? '' : text.slice(begin, endOf(text, begin));
  return [...object.matchAll(/(?:^|[{,]|&& \{)\s*(\w+)(?=\s*[,:}]|\s*$)/g)].map(([, name = '']) => name);
}

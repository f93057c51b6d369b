import { readFileSync } from 'node:fs';

export const page = 'docs/troubleshoot.md';

/** A text of the page, in which `…` is anything. */
export interface Pattern {
  readonly text: string;
  readonly section: string;
  /** The rule that the row is about. */
  readonly rule?: string | undefined;
}

/** What stands in the first column of the page's tables; in all of them of verify, which says what to do itself. */
export function pagePatterns(): readonly Pattern[] {
  const sections = readFileSync(page, 'utf8').split(/^##+ /m);
  return sections.flatMap((section) => {
    const [title = '', ...lines] = section.split('\n');
    const rows = lines.filter((line) => line.startsWith('| `'));
    return rows.flatMap((row) => patternsOf(row, title));
  });
}

function patternsOf(row: string, section: string): readonly Pattern[] {
  const [, first = ''] = row.split(' | ')[0]?.split('| ') ?? [];
  const cell = section === '`verify`' ? row : first;
  const texts = [...cell.matchAll(/(`+)(.*?)\1/g)].map(([, , text = '']) => text.trim());
  const rule = texts.flatMap((text) => /^\[endpoints-webhook: ([a-z-]+)\]$/.exec(text)?.[1] ?? [])[0];
  return texts.map((text) => ({ text, section, rule }));
}

/** Whether a text has what a pattern says, one after the other. */
export function matches(pattern: string, text: string): boolean {
  let from = 0;
  for (const part of partsOf(pattern)) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/** What does not differ in a pattern. */
export function partsOf(pattern: string): readonly string[] {
  return pattern
    .split('…')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

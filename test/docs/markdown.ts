import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Every document of ours that people read. */
export const documents = globSync(['*.md', '{docs,deploy,.github}/**/*.md', 'charts/**/*.{md,gotmpl}']).sort();

export interface Line {
  readonly text: string;
  readonly where: string;
}

/** The lines of a document that are not inside a code block. */
export function linesOf(file: string): readonly Line[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  let inCode = false;
  return lines.flatMap((text, index) => {
    const isFence = /^\s*```/.test(text);
    if (isFence) inCode = !inCode;
    return inCode || isFence ? [] : [{ text, where: `${file}:${index + 1}` }];
  });
}

export interface Block {
  readonly file: string;
  readonly text: string;
  readonly where: string;
}

/** The code blocks of a document that are written in a language, without their indentation. */
export function blocksOf(file: string, language: string): readonly Block[] {
  const page = readFileSync(file, 'utf8');
  const fenced = new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm');
  return [...page.matchAll(fenced)].map(({ 1: indentation = '', 2: text = '', index }) => ({
    file,
    text: text.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
    where: `${file}:${page.slice(0, index).split('\n').length}`,
  }));
}

/** Where a document's links lead that are not of the web. */
export function targetsOf(file: string): readonly string[] {
  const found = linesOf(file).flatMap(({ text }) => [...text.matchAll(/\]\((?!https?:)([^)\s]*)\)/g)]);
  return found.map(([, target = '']) => target);
}

/** Whether the file that a link names is there, and has the heading that it names. */
export function leadsSomewhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const other = path === '' ? file : join(dirname(file), path);
  if (!existsSync(other)) return false;
  return anchor === undefined || linesOf(other).some(({ text }) => anchorOf(text) === anchor);
}

/** As GitHub makes it from a heading. */
function anchorOf(line: string): string | undefined {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  return heading
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

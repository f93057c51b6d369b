import { visible } from '../endpoints/visible.ts';

/** Text that is HTML already. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | readonly Markup[];

/**
 * HTML from a template. Whatever is put in is text and escaped, controls, ends of lines and commands to CI systems too, unless
 * it is Markup.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, i) => text + textOf(parts[i - 1] ?? '') + string));
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escapeMarkup(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return visible(text)
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(/^( *):(?=:)/, '$1&#58;');
}

/** A text whose line ends are ours. */
export function lines(text: string): Markup {
  return new Markup(text.split('\n').map(escapeMarkup).join('\n'));
}

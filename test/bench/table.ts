import type { Spread } from './measure.ts';

/** A Markdown table. Columns of figures have names that begin with `>`, and are aligned to the right. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = columns.map((column) => (column.startsWith('>') ? '---:' : '---'));
  const lines = [columns.map((column) => column.replace(/^>/, '')), rule, ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** So many digits as a figure of its size deserves. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? grouped(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function withSpread({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

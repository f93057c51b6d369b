import { readFileSync, writeFileSync } from 'node:fs';
import { drawChart, type Panel } from './chart.ts';

const [document, chart] = ['docs/performance.md', 'docs/performance.svg'];

/** What a run measures, and the document has a place for. */
export const sectionIds = [
  'machine',
  'goals',
  'servers',
  'addresses',
  'networks',
  'connections',
  'beside',
  'start',
  'memory',
  'forbidden-network',
  'worst',
] as const;

/** What is measured by a run of its own, which says so in its section. */
export const ownRunIds = ['follow', 'holders'] as const;

export type Sections = Partial<Record<(typeof sectionIds)[number], string>>;

/** Prints the figures of a run between the marks that the document has for each of them; what is around them is written by hand. */
export function writeReport(sections: Readonly<Sections>, panels: readonly Panel[]): void {
  writeFileSync(document, fillIn(readFileSync(document, 'utf8'), sections, ownRunIds));
  writeFileSync(chart, drawChart(panels));
  console.log(`\nprinted ${document} and ${chart}`);
}

/** The same for what has a run of its own. */
export function writeOwnRun(id: (typeof ownRunIds)[number], section: string): void {
  const others = [...sectionIds, ...ownRunIds].filter((other) => other !== id);
  writeFileSync(document, fillIn(readFileSync(document, 'utf8'), { [id]: section }, others));
  console.log(`\nprinted ${document}`);
}

/**
 * Throws where the document lacks a mark, or has one for which there is no section: its figures would be of another run. Marks in `others`
 * are left as they are.
 */
export function fillIn(
  text: string,
  sections: Readonly<Record<string, string | undefined>>,
  others: readonly string[] = [],
): string {
  const missing = new Set(Object.keys(sections));
  const filled = text.replace(
    /(<!-- bench: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (whole, begin: string, id: string, end: string) => {
      if (others.includes(id)) return whole;
      const section = sections[id];
      if (section === undefined) throw new Error(`${document} has a mark for ${id}, which was not measured`);
      missing.delete(id);
      return `${begin}${section}\n${end}`;
    },
  );
  if (missing.size > 0) throw new Error(`${document} has no mark for ${[...missing].join(', ')}`);
  return filled;
}

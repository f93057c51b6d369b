export interface Section {
  /** As it is written; empty where there is none. */
  readonly date: string;
  readonly text: string;
}

/** What a changelog says of a version, or of what is unreleased. */
export function sectionOf(changelog: string, version: string): Section | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  for (const section of sections) {
    const [heading = '', ...lines] = section.split('\n');
    const [, name, date = ''] = /^\[([^\]]+)\](?: - (.*))?$/.exec(heading.trim()) ?? [];
    if (name === version) return { date: date.trim(), text: lines.join('\n').trim() };
  }
  return undefined;
}

import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { findExcludeFile, findRepository, isRepository } from './repository.ts';

/** What the ignore files that bind a folder leave out, by real paths; the nearest comes first. */
export interface IgnoreRules {
  readonly folder: string;
  readonly patterns: Ignore;
  readonly above?: IgnoreRules | undefined;
}

/** More than a person writes. */
const maxBytes = 1024 * 1024;

/** A pattern with more `**` takes minutes to be compared with a path that was made for it. */
const maxDoubleStars = 3;

/** The rules inside a folder. `above` are those around it; a repository inside another one has only its own. */
export function readIgnoreRules(folder: string, above: IgnoreRules | undefined): IgnoreRules | undefined {
  const around = isRepository(folder) ? extend(folder, () => findExcludeFile(folder), undefined) : above;
  return extend(folder, () => join(folder, '.gitignore'), around);
}

/** The rules around a folder that is named. Those that name the folder itself are not kept: it is to be read. */
export function readRulesAround(folder: string): IgnoreRules | undefined {
  const repository = findRepository(folder);
  if (repository === undefined || repository === folder) return undefined;
  const rules = foldersBetween(repository, dirname(folder)).reduce<IgnoreRules | undefined>(
    (above, between) => readIgnoreRules(between, above),
    undefined,
  );
  return withoutThoseThatName(folder, rules);
}

/** As git decides: the nearest file with a pattern for the path does, and in it the last such pattern. */
export function isIgnored(path: string, isFolder: boolean, rules: IgnoreRules | undefined): boolean {
  for (let rule = rules; rule !== undefined; rule = rule.above) {
    const { ignored, unignored } = rule.patterns.test(relativeTo(rule.folder, path, isFolder));
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** Patterns as in a .gitignore. To leave out too little is safe: what cannot be compared in bounded time counts for nothing. */
export function createPatterns(lines: readonly string[]): Ignore {
  const bounded = lines.filter((line) => (line.match(/\*\*/g)?.length ?? 0) <= maxDoubleStars);
  return ignore({ ignorecase: false, allowRelativePaths: true }).add([...bounded]);
}

/** git follows no link to an ignore file, either. One that cannot be read leaves nothing out. */
function extend(folder: string, file: () => string, above: IgnoreRules | undefined): IgnoreRules | undefined {
  try {
    const path = file();
    const found = lstatSync(path);
    if (!found.isFile() || found.size > maxBytes) return above;
    return { folder, patterns: createPatterns(readFileSync(path, 'utf8').split(/\r?\n/)), above };
  } catch {
    return above;
  }
}

function foldersBetween(top: string, bottom: string): readonly string[] {
  return bottom === top ? [top] : [...foldersBetween(top, dirname(bottom)), bottom];
}

function withoutThoseThatName(folder: string, rules: IgnoreRules | undefined): IgnoreRules | undefined {
  if (rules === undefined) return undefined;
  const above = withoutThoseThatName(folder, rules.above);
  const names = rules.patterns.test(relativeTo(rules.folder, folder, true)).ignored;
  return names ? above : { ...rules, above };
}

function relativeTo(folder: string, path: string, isFolder: boolean): string {
  return `${relative(folder, path)}${isFolder ? '/' : ''}`;
}

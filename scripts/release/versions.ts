// What names the version says the same; with a tag, all is ready to be released under it. `node scripts/release/versions.ts [vX.Y.Z]`
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { sectionOf } from './changelog.ts';

type Read = (file: string) => string;

/** Where readers are told that they cannot have us from anywhere, and by which words. */
const unpublished: readonly (readonly [string, RegExp])[] = [
  ['README.md', /nothing is published yet/i],
  ['docs/command-line.md', /no package registry has it/i],
  ['docs/release.md', /no release has been made yet/i],
  ['deploy/README.md', /in no\s+registry/i],
  ['charts/endpoints-webhook/README.md.gotmpl', /no registry carries the image yet/i],
  ['charts/endpoints-webhook/values.yaml', /no registry carries the image yet/i],
];

/** What is wrong, one line each: which file, what it says, and what it should say. */
export function disagreements(read: Read, tag?: string): string[] {
  const { version } = JSON.parse(read('package.json'));
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    return [`package.json: version "${version}" is not a semantic version such as 1.2.3 or 1.2.3-rc.1`];
  return [...tagged(version, tag), ...named(read, version), ...logged(read, version, tag), ...readable(read, tag)];
}

function tagged(version: string, tag?: string): readonly string[] {
  return tag === undefined || tag === `v${version}`
    ? []
    : [`tag "${tag}": package.json has version ${version}: tag it v${version}, or change the version`];
}

function named(read: Read, version: string): readonly string[] {
  const lock = JSON.parse(read('package-lock.json'));
  const chart = parse(read('charts/endpoints-webhook/Chart.yaml'));
  const label = /org\.opencontainers\.image\.version="([^"]*)"/.exec(read('Dockerfile'))?.[1];
  const image = /^ +image: \S+:(\S+)$/m.exec(read('deploy/install.yaml'))?.[1];
  const found: readonly (readonly [string, unknown])[] = [
    ['package-lock.json: version', lock.version],
    ['package-lock.json: packages[""].version', lock.packages?.['']?.version],
    ['charts/endpoints-webhook/Chart.yaml: version', chart.version],
    ['charts/endpoints-webhook/Chart.yaml: appVersion', chart.appVersion],
    ['Dockerfile: the label org.opencontainers.image.version', label],
    ['deploy/install.yaml: the tag of the image', image],
  ];
  return found
    .filter(([, value]) => value !== version)
    .map(([where, value]) => `${where} is "${value}": package.json has ${version}`);
}

function logged(read: Read, version: string, tag?: string): readonly string[] {
  const file = 'CHANGELOG.md';
  const [unreleased, released] = [sectionOf(read(file), 'Unreleased'), sectionOf(read(file), version)];
  if (tag === undefined)
    return unreleased?.text || released?.text ? [] : [`${file}: neither [Unreleased] nor [${version}] says anything`];
  if (released === undefined) return [`${file}: has no section "## [${version}] - YYYY-MM-DD"`];
  const problems: string[] = [];
  if (!isDate(released.date)) problems.push(`${file}: [${version}] has the date "${released.date}": write YYYY-MM-DD`);
  if (released.text === '') problems.push(`${file}: [${version}] says nothing`);
  if (unreleased?.text) problems.push(`${file}: [Unreleased] still has entries: move them to [${version}]`);
  return problems;
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text);
}

function readable(read: Read, tag?: string): readonly string[] {
  if (tag === undefined) return [];
  return unpublished
    .filter(([file, words]) => words.test(read(file)))
    .map(([file, words]) => `${file}: says "${words.exec(read(file))?.[0]}": say where the release can be had`);
}

if (import.meta.main) {
  const problems = disagreements((file) => readFileSync(file, 'utf8'), process.argv[2] || undefined);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

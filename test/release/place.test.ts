import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseArchitectures } from '../../scripts/release/architectures.ts';
import { withImage, withLinks, withMetadata } from '../../scripts/release/chart.ts';
import { publishedManifest } from '../../scripts/release/package.ts';
import type { Release } from '../../scripts/release/release.ts';
import { inherited } from '../support/webhook.ts';

// What a release says of the place where it is published, and a dry run does not.

const place = { source: 'https://git.example.com/team/project', registry: 'registry.example.com/team' };
const digest = `sha256:${'ab'.repeat(32)}`;
const image = { digest, platforms: { amd64: digest, arm64: digest }, file: 'image.tar' };
const dryRun: Release = {
  version: '1.2.0',
  revision: undefined,
  seconds: 0,
  place: undefined,
  architectures: ['amd64', 'arm64'],
  folder: 'unused',
};
const release: Release = { ...dryRun, place };

const chartFile = readFileSync('charts/endpoints-webhook/Chart.yaml', 'utf8');
const valuesFile = readFileSync('charts/endpoints-webhook/values.yaml', 'utf8');

test('the values of the chart name the image that is released, and are otherwise those of the clone', () => {
  const { image: released, ...others } = parse(withImage(valuesFile, digest, place));
  const { image: original, ...originals } = parse(valuesFile);
  expect(released).toEqual({
    ...original,
    registry: 'registry.example.com',
    repository: 'team/endpoints-webhook',
    digest,
  });
  expect(others).toEqual(originals);
  expect(parse(withImage(valuesFile, digest)).image).toEqual({ ...original, digest });
});

test('values in which the image is said elsewhere are an error, not a release without it', () => {
  expect(() => withImage(valuesFile.replace('  digest: ""\n', ''), digest)).toThrow('has 0 lines');
  expect(() => withImage(`${valuesFile}other:\n  digest: ""\n`, digest)).toThrow('has 2 lines');
});

test('Artifact Hub finds category, license, changes, image, links, sources, icon and maintainers in the chart', () => {
  const chart = parse(withMetadata(chartFile, release, image));
  expect(chart).toMatchObject({
    home: place.source,
    sources: [`${place.source}/tree/v1.2.0`],
    icon: `${place.source}/raw/v1.2.0/charts/endpoints-webhook/icon.svg`,
    maintainers: [{ name: 'team', url: 'https://git.example.com/team' }],
  });
  expect(existsSync('charts/endpoints-webhook/icon.svg')).toBe(true);
  const annotations = chart.annotations;
  for (const name of ['category', 'license', 'changes']) expect(annotations[`artifacthub.io/${name}`]).toBeTruthy();
  expect(parse(annotations['artifacthub.io/images'])).toEqual([
    {
      name: 'endpoints-webhook',
      image: `registry.example.com/team/endpoints-webhook:1.2.0@${digest}`,
      platforms: ['linux/amd64', 'linux/arm64'],
    },
  ]);
  for (const { name, url } of parse(annotations['artifacthub.io/links'])) {
    expect(name).toBeTruthy();
    const file = url.split('/blob/v1.2.0/')[1];
    expect(file === undefined ? url.endsWith('/issues') : existsSync(file), url).toBe(true);
  }
});

test.each([
  ['1.2.0', 'false'],
  ['1.2.0-rc.1', 'true'],
])('version %s is a prerelease: %s', (version, prerelease) => {
  const chart = parse(withMetadata(chartFile, { ...release, version }, image));
  expect(chart.annotations['artifacthub.io/prerelease']).toBe(prerelease);
});

test('a dry run names no place: not in the chart, not in its README, not in the npm package', () => {
  const { home, sources, icon, maintainers, annotations } = parse(withMetadata(chartFile, dryRun, image));
  expect([home, sources, icon, maintainers, annotations['artifacthub.io/images']]).toEqual(Array(5).fill(undefined));
  const readme = readFileSync('charts/endpoints-webhook/README.md', 'utf8');
  expect(withLinks(readme, dryRun)).toBe(readme);
  expect(Object.keys(publishedManifest())).not.toContain('repository');
});

test('links of the chart’s README lead to the repository, to files that are there', () => {
  const readme = withLinks(readFileSync('charts/endpoints-webhook/README.md', 'utf8'), release);
  const targets = [...readme.matchAll(/\]\(https:\/\/git\.example\.com\/team\/project\/blob\/v1\.2\.0\/([^)#]*)/g)];
  expect(targets.length).toBeGreaterThan(3);
  for (const [, file = ''] of targets) expect(existsSync(file), file).toBe(true);
  expect(readme).not.toMatch(/\]\(\.\.?\//);
});

test('the npm package names its repository, as provenance demands', () => {
  expect(publishedManifest(place)).toMatchObject({
    name: 'endpoints-webhook',
    repository: { type: 'git', url: 'git+https://git.example.com/team/project.git' },
    homepage: 'https://git.example.com/team/project#readme',
    bugs: { url: 'https://git.example.com/team/project/issues' },
  });
});

test('npm packs the schema of policies, and every file of the clone that the README links to', () => {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8', env: inherited }),
  );
  const names = packed[0].files.map(({ path }: { path: string }) => path);
  expect(names).toContain('src/policy/policy.schema.json');
  for (const file of ['README.md', 'docs/README.md']) {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)\s#]*)/g)];
    for (const [, target = ''] of links) {
      const path = join(dirname(file), target).replace(/\/$/, '');
      expect(
        names.some((name: string) => name === path || name.startsWith(`${path}/`)),
        path,
      ).toBe(true);
    }
  }
  expect(names.filter((name: string) => /^(test|scripts|\.|node_modules)/.test(name))).toEqual([]);
});

test('an architecture that is not known is named', () => {
  expect(parseArchitectures('arm64,amd64,arm64')).toEqual(['arm64', 'amd64']);
  expect(() => parseArchitectures('amd64,s390x')).toThrow('"s390x" is not one of amd64, arm64');
});

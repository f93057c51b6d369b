import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { sectionOf } from '../../scripts/release/changelog.ts';
import nodePins from '../../scripts/release/node-binaries.json' with { type: 'json' };
import { disagreements } from '../../scripts/release/versions.ts';

/** Files as they are when 1.2.0 is released. */
const agreeing: Readonly<Record<string, string>> = {
  'package.json': '{"version": "1.2.0"}',
  'package-lock.json': '{"version": "1.2.0", "packages": {"": {"version": "1.2.0"}}}',
  'charts/endpoints-webhook/Chart.yaml': 'version: 1.2.0\nappVersion: 1.2.0\n',
  'charts/endpoints-webhook/values.yaml': 'image:\n  registry: ""\n',
  'charts/endpoints-webhook/README.md.gotmpl': '# Chart\n',
  Dockerfile: 'LABEL org.opencontainers.image.version="1.2.0"\n',
  'deploy/install.yaml':
    '      containers:\n        - name: webhook\n          image: localhost/endpoints-webhook:1.2.0\n',
  'deploy/README.md': '# Without Helm\n',
  'docs/command-line.md': '# The command line\n',
  'docs/release.md': '# Releases\n',
  'README.md': '# endpoints-webhook\n',
  'CHANGELOG.md':
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-30\n\n### Added\n\n- More.\n\n## [1.1.0] - 2026-10-01\n\n- Old.\n',
};

const told = (changed: Readonly<Record<string, string>>, tag?: string) =>
  disagreements((file) => ({ ...agreeing, ...changed })[file] ?? '', tag);

test('files that agree with each other and with the tag are ready to be released', () => {
  expect(told({}, 'v1.2.0')).toEqual([]);
  expect(told({})).toEqual([]);
});

test('the files of this project agree', () => {
  expect(disagreements((file) => readFileSync(file, 'utf8'))).toEqual([]);
});

test.each<[string, string, string]>([
  ['package-lock.json', '{"version": "1.1.0", "packages": {"": {"version": "1.2.0"}}}', 'version is "1.1.0"'],
  ['package-lock.json', '{"version": "1.2.0", "packages": {}}', 'packages[""].version is "undefined"'],
  ['charts/endpoints-webhook/Chart.yaml', 'version: 1.2.1\nappVersion: 1.2.0\n', 'version is "1.2.1"'],
  ['charts/endpoints-webhook/Chart.yaml', 'version: 1.2.0\nappVersion: 1.1.0\n', 'appVersion is "1.1.0"'],
  ['Dockerfile', 'FROM scratch\n', 'org.opencontainers.image.version is "undefined"'],
  ['deploy/install.yaml', '  image: localhost/endpoints-webhook:1.1.0\n', 'the tag of the image is "1.1.0"'],
])('%s that says another version is named, tag or not', (file, text, words) => {
  for (const tag of [undefined, 'v1.2.0']) {
    const [problem, ...others] = told({ [file]: text }, tag);
    expect(others).toEqual([]);
    expect(problem).toContain(`${file}: `);
    expect(problem).toContain(words);
    expect(problem).toContain('package.json has 1.2.0');
  }
});

test.each(['1.2.0', 'v1.2', 'v1.2.1', 'v1.2.0-rc.1'])('tag %s is not that of version 1.2.0', (tag) => {
  expect(told({}, tag)).toEqual([`tag "${tag}": package.json has version 1.2.0: tag it v1.2.0, or change the version`]);
});

test('what is no version is refused before anything is compared with it', () => {
  expect(told({ 'package.json': '{"version": "v1.2"}' }, 'v1.2')).toEqual([
    expect.stringContaining('package.json: version "v1.2" is not a semantic version'),
  ]);
});

describe('the changelog', () => {
  const logged = (text: string, tag?: string) => told({ 'CHANGELOG.md': text }, tag);

  test.each([
    ['has no section', '## [Unreleased]\n\n- More.\n', 'has no section "## [1.2.0] - YYYY-MM-DD"'],
    ['has no date', '## [1.2.0]\n\n- More.\n', 'has the date ""'],
    ['has a day that there is not', '## [1.2.0] - 2026-02-30\n\n- More.\n', 'has the date "2026-02-30"'],
    ['has a date in other words', '## [1.2.0] - 30 November\n\n- More.\n', 'has the date "30 November"'],
    ['says nothing', '## [1.2.0] - 2026-11-30\n\n## [1.1.0] - 2026-10-01\n\n- Old.\n', 'says nothing'],
    [
      'was added to',
      '## [Unreleased]\n\n- New.\n\n## [1.2.0] - 2026-11-30\n\n- More.\n',
      '[Unreleased] still has entries',
    ],
  ])('%s: named where it is to be released', (_, text, words) => {
    expect(logged(text, 'v1.2.0')).toEqual([expect.stringContaining(words)]);
  });

  test('may have its entries under Unreleased as long as there is no tag', () => {
    expect(logged('## [Unreleased]\n\n- More.\n')).toEqual([]);
    expect(logged('## [Unreleased]\n\n## [1.1.0] - 2026-10-01\n\n- Old.\n')).toEqual([
      expect.stringContaining('neither [Unreleased] nor [1.2.0] says anything'),
    ]);
  });

  test('is read up to the next version', () => {
    expect(sectionOf(agreeing['CHANGELOG.md'] ?? '', '1.2.0')).toEqual({
      date: '2026-11-30',
      text: '### Added\n\n- More.',
    });
    expect(sectionOf(agreeing['CHANGELOG.md'] ?? '', '1.0.0')).toBeUndefined();
  });
});

test.each([
  ['README.md', 'Nothing is published yet: no registry has it.'],
  ['docs/command-line.md', 'No package registry has it.'],
  ['docs/release.md', 'No release has been made yet.'],
  ['deploy/README.md', 'Its image is in no\nregistry: build it.'],
  ['charts/endpoints-webhook/README.md.gotmpl', 'No registry carries the image yet.'],
  ['charts/endpoints-webhook/values.yaml', '# no registry carries the image yet'],
])('%s must not say of what is released that it cannot be had', (file, text) => {
  expect(told({ [file]: text })).toEqual([]);
  expect(told({ [file]: text }, 'v1.2.0')).toEqual([expect.stringMatching(/say where the release can be had$/)]);
});

test('the Node binaries that are pinned are of the version that is pinned', () => {
  expect(nodePins.version).toBe(manifest.devDependencies.node);
});

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { fieldsOf } from '../../src/json/fields.ts';
import { defaultPolicySource, parsePolicy } from '../../src/policy/policy.ts';
import { isValue } from './blocks/chart-values.ts';
import { argumentsOf, readArguments } from './blocks/our-command.ts';
import { proofs } from './blocks/proofs.ts';
import { commandsOf, type Words } from './blocks/shell.ts';
import { type Block, blocksOf, documents } from './markdown.ts';

// What documents give to be typed or copied is written as shells, Helm, our program and the chart's schema want it.

const inLanguage = (language: string) => documents.flatMap((file) => blocksOf(file, language));
const scripts = inLanguage('sh');
const commands = scripts.flatMap(({ text, where }) => commandsOf(text).map((words) => ({ where, words })));

test('it is known of each document with commands by what they are known to work', () => {
  const named = Object.keys(proofs);
  const isOf = (page: string, name: string) => page === name || (name.endsWith('/') && page.startsWith(name));
  const pages = [...new Set(scripts.map(({ file }) => file))];
  expect(pages.filter((page) => !named.some((name) => isOf(page, name)))).toEqual([]);
  expect(named.filter((name) => !pages.some((page) => isOf(page, name)))).toEqual([]);
});

test.each(Object.entries(proofs))('what the commands of %s are proved by is there, and names it', (page, files) => {
  expect(files).not.toEqual([]);
  for (const file of files.filter((one) => one !== 'test/docs/blocks.test.ts')) {
    expect(existsSync(file), file).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(`${page}`);
  }
});

test.each(scripts)('bash can read the commands of $where', ({ text }) => {
  const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

const programs = new Set(
  'alias base64 cat cosign curl docker echo endpoints-webhook gh git grep helm jq kubectl node npm oc openssl promtool sed sha256sum skopeo sleep tar xargs'.split(
    ' ',
  ),
);

test('documents type only programs that are known here', () => {
  expect(commands.length).toBeGreaterThan(80);
  expect(commands.filter(({ words: [program = ''] }) => !programs.has(program))).toEqual([]);
});

const ours = commands.flatMap(({ where, words }) => {
  const given = argumentsOf(words);
  return given ? [{ where, given, command: given.join(' ') }] : [];
});

test.each(ours)('our program takes `$command` ($where)', async ({ given }) => {
  await expect(readArguments(given)).resolves.toBeUndefined();
});

test('our program would refuse others', async () => {
  expect(ours.length).toBeGreaterThan(15);
  await expect(readArguments(['audit', '--kubeconfg', 'file'])).rejects.toThrow();
  await expect(readArguments(['policy', 'sugest'])).rejects.toThrow();
});

const helm = commands.filter(({ words: [program] }) => program === 'helm');
const after = (words: Words, flag: string) => words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []));

test.each(helm.map((one) => ({ ...one, command: one.words.join(' ') })))(
  'the chart has the values of `$command`',
  (one) => {
    const set = [...after(one.words, '--set'), ...after(one.words, '--set-file')].map(
      (text) => text.split('=')[0] ?? '',
    );
    expect(set.filter((path) => !isValue(path))).toEqual([]);
    const files = one.words.filter((word) => word.startsWith('charts/'));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  },
);

test('documents set values, and others would be refused', () => {
  expect(helm.flatMap(({ words }) => after(words, '--set')).length).toBeGreaterThan(10);
  expect(['replicas', 'policy.modes', 'image.tag.x', 'tls.mode'].map(isValue)).toEqual([false, false, false, true]);
});

/** Those of the commands that documents have. */
const flags: Readonly<Record<string, ReadonlySet<string>>> = {
  helm: new Set(
    `api-versions create-namespace destination force-conflicts install kube-version logs namespace reset-then-reuse-values
    set set-file show-only skip-tests timeout values version wait`.split(/\s+/),
  ),
  kubectl: new Set(
    `all-namespaces api-group as as-group clusterrole container context dry-run field-manager field-selector filename
    follow for from from-file from-literal group ignore-not-found kubeconfig namespace no-headers output overwrite patch
    prefix previous raw replicas resource resource-name role selector server-side serviceaccount show-labels
    show-managed-fields since sort-by subresource tail tcp timeout type user verb watch`.split(/\s+/),
  ),
};
const short = /^-[Aflno]$/;

test('Helm and kubectl get flags that they have', () => {
  const wrong = commands.filter(({ words: [program = '', ...rest] }) =>
    rest.some((word) => /^--?[a-z]/i.test(word) && !short.test(word) && flags[program]?.has(flagOf(word)) === false),
  );
  expect(wrong).toEqual([]);
});

const flagOf = (word: string) => word.replace(/^--/, '').replace(/=.*/s, '');

const objects = inLanguage('yaml').map((block) => ({ ...block, parsed: parseAllDocuments(block.text) }));

test.each(objects)('the YAML of $where can be read', ({ parsed }) => {
  expect(parsed.flatMap(({ errors }) => errors)).toEqual([]);
});

/** What stands alone as values of the chart, or as a policy. */
const shown = objects.flatMap(({ where, parsed }) => parsed.map((one) => ({ where, source: fieldsOf(one.toJS()) })));
const policyKeys = ['rules', 'exempt', 'namespaces', 'mode', 'defaults', 'authorization', 'cluster'];
const isPolicy = (source: Readonly<Record<string, unknown>>) =>
  'policy' in source || source.kind === 'Policy' || (!('kind' in source) && policyKeys.some((key) => key in source));

test.each(shown.filter(({ source }) => isPolicy(source)))('the policy of $where is valid', ({ source }) => {
  const { policy = source } = source;
  expect(parsePolicy({ ...Object(defaultPolicySource), ...Object(policy) }).findings ?? []).toEqual([]);
});

const isObject = ({ source }: { readonly source: object }) => 'apiVersion' in source || 'kind' in source;

/** What has no value of the chart is the configuration of another program. */
const isOfChart = ({ source }: { readonly source: object }) => Object.keys(source).some(isValue);

test.each(shown.filter((one) => isOfChart(one) && !isObject(one) && !policyKeys.some((key) => key in one.source)))(
  'the chart has the values of $where',
  ({ source }) => expect(Object.keys(source).filter((key) => !isValue(key))).toEqual([]),
);

test.each(inLanguage('json'))('the JSON of $where can be read', ({ text }: Block) => {
  expect(() => JSON.parse(text)).not.toThrow();
});

const metric = /\bendpoints_webhook_\w+/g;
const tables = documents.map((file) => readFileSync(file, 'utf8')).join('\n');

/** test/docs/readme.test.ts compares the tables of metrics with those that are served. */
test.each(inLanguage('promql'))('the metrics of $where are in a table of metrics', ({ text }) => {
  const named = [...text.matchAll(metric)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ''));
  expect(named.filter((name) => !tables.includes(`\n| \`${name}\` |`))).toEqual([]);
});

test('there are objects, policies and values to read', () => {
  expect(objects.length).toBeGreaterThan(15);
  expect(shown.filter(({ source }) => isPolicy(source)).length).toBeGreaterThan(10);
});

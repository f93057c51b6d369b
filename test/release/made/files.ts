import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import manifest from '../../../package.json' with { type: 'json' };
import { publishedManifest } from '../../../scripts/release/package.ts';
import { disagreements } from '../../../scripts/release/versions.ts';
import { folder, made, released, unpacked } from '../files.ts';

const { version } = made;
const chart = released(`endpoints-webhook-${version}.tgz`);

test('what names the version agrees', () => {
  expect(version).toBe(manifest.version);
  expect(disagreements((file) => readFileSync(file, 'utf8'))).toEqual([]);
});

test('the sums are those of all files, but of what is only for the release itself', () => {
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder });
  const summed = readFileSync(released('SHA256SUMS'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  ')[1]);
  expect(summed).toEqual([...made.files].sort());
  const others = ['NOTES.md', 'SHA256SUMS', 'release.json'];
  expect(readdirSync(folder).sort()).toEqual([...made.files, ...others].sort());
});

test('no file tells of this machine', () => {
  const names = [process.cwd(), process.env.HOME ?? '/root'].filter((name) => name !== '/');
  for (const file of made.files.filter((name) => !name.endsWith('.tar')))
    for (const name of names) {
      const bytes = readFileSync(released(file));
      expect(bytes.includes(name), `${name} in ${file}`).toBe(false);
    }
});

/** The image of the Deployment among printed objects. */
function imageIn(text: string): string {
  const objects = parseAllDocuments(text).map((document) => document.toJS());
  const deployment = objects.find((object) => object?.kind === 'Deployment');
  return deployment.spec.template.spec.containers[0].image;
}

test.each(['helm', 'helm3'])('the chart is of the version, and its image the one that was made, says %s', (helm) => {
  const run = (...words: readonly string[]) => execFileSync(join('.tools/bin', helm), words, { encoding: 'utf8' });
  expect(parse(run('show', 'chart', chart))).toMatchObject({ version, appVersion: version });
  expect(run('show', 'readme', chart)).toContain(made.image.digest);
  const printed = run('template', 'release', chart, '--kube-version', '1.37');
  expect(imageIn(printed)).toMatch(new RegExp(`/endpoints-webhook:${version}@${made.image.digest}$`));
  const image = /\S+\/endpoints-webhook:[^@\s]+@sha256:[0-9a-f]{64}/g;
  const ofClone = run('template', 'release', 'charts/endpoints-webhook', '--kube-version', '1.37');
  expect(printed.replaceAll(image, `localhost/endpoints-webhook:${version}`)).toBe(ofClone);
});

test('the manifests are those of the chart, and name the image by its digest', () => {
  const text = readFileSync(released('install.yaml'), 'utf8');
  const image = imageIn(text);
  expect(image).toBe(`${made.place?.registry ?? 'localhost'}/endpoints-webhook:${version}@${made.image.digest}`);
  const committed = readFileSync('deploy/install.yaml', 'utf8').replace(/^#.*\n/, '');
  expect(text.replaceAll(image, `localhost/endpoints-webhook:${version}`)).toBe(committed);
});

const npm = unpacked(`endpoints-webhook-npm-${version}.tgz`);

test('the npm package has the program, the schema of policies and the documents, and nothing to install', () => {
  const names = globSync(join(npm, 'package/**/*'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(npm.length + '/package/'.length));
  for (const name of ['LICENSE', 'README.md', 'package.json', ...Object.values(manifest.bin)])
    expect(names).toContain(name);
  expect(names.filter((name) => /^(dist|src)\//.test(name)).sort()).toEqual([
    'dist/cluster-packages.cjs',
    'dist/cluster-packages.cjs.LEGAL.txt',
    'dist/endpoints-webhook.cjs',
    'dist/endpoints-webhook.cjs.LEGAL.txt',
    'dist/judge-worker.cjs',
    'src/policy/policy.schema.json',
    'src/rules/README.md',
  ]);
  const schema = 'src/policy/policy.schema.json';
  expect(readFileSync(join(npm, 'package', schema), 'utf8')).toBe(readFileSync(schema, 'utf8'));
  const packed = JSON.parse(readFileSync(join(npm, 'package/package.json'), 'utf8'));
  expect(packed).toEqual(publishedManifest(made.place));
  for (const field of ['dependencies', 'devDependencies', 'scripts']) expect(packed).not.toHaveProperty(field);
});

test.each(['README.md', 'docs/README.md'])('the links of %s lead to files of the npm package', (file) => {
  const text = readFileSync(join(npm, 'package', file), 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)\s#]*)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(10);
  const missing = targets.filter((target) => !existsSync(join(npm, 'package', file, '..', target)));
  expect(missing).toEqual([]);
});

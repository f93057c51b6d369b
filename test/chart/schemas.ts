import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

// `schemas.ts <version of Kubernetes>`: whether API servers of that version know every field of what the chart renders with each values
// file of charts/endpoints-webhook/ci, and take its type. Their schemas are those that its release has, in the Go module;
// those of the Prometheus Operator's kinds are the CustomResourceDefinitions in its own.

const [, , version = '1.37.2'] = process.argv;
const minor = version.split('.').slice(0, 2).join('.');
const chart = 'charts/endpoints-webhook';
const folder = mkdtempSync(join(tmpdir(), 'schemas-'));

/** What others bring. Of any other group there has to be a schema. */
const foreignGroups = ['cert-manager.io', 'cilium.io'];

const operator = { module: 'github.com/prometheus-operator/prometheus-operator', version: 'v0.85.0' };

try {
  writeSchemas();
  writeDefinitions();
  const files = globSync(`${chart}/ci/*-values.yaml`).filter((file) => minorOf(file) <= Number(minor.slice(2)));
  for (const file of files) writeFileSync(join(folder, basename(file)), render(file));
  if (files.length < 15) throw new Error(`only ${files.length} values files were found`);
  // 1.30 is the newest that the tool has itself; of what is in the folder of schemas it takes that
  const local = ['--local-schemas', join(folder, 'schemas'), '--local-crds', join(folder, 'definitions')];
  const flags = ['--version', '1.30', ...local];
  const rendered = files.map((file) => join(folder, basename(file)));
  const env = { ...process.env, KUBECONFIG: '/dev/null' };
  const { status, stdout, stderr } = spawnSync('kubectl-validate', [...flags, ...rendered], { env, encoding: 'utf8' });
  if (status !== 0) console.log(`${stdout}\n${stderr}`);
  console.log(`${files.length} values files, Kubernetes ${version}`);
  process.exitCode = status === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** By the names that the tool wants. */
function writeSchemas(): void {
  const module = download(`k8s.io/kubernetes@v${version}`);
  for (const file of globSync(`${module}/api/openapi-spec/v3/api{,s}__*v[0-9]*_openapi.json`)) {
    const path = `${basename(file, '_openapi.json').replaceAll('__', '/')}.json`;
    mkdirSync(join(folder, 'schemas', path, '..'), { recursive: true });
    cpSync(file, join(folder, 'schemas', path));
  }
}

function writeDefinitions(): void {
  const module = download(`${operator.module}@${operator.version}`);
  mkdirSync(join(folder, 'definitions'));
  for (const kinds of ['podmonitors', 'prometheusrules', 'servicemonitors']) {
    const file = `monitoring.coreos.com_${kinds}.yaml`;
    cpSync(join(module, 'example/prometheus-operator-crd', file), join(folder, 'definitions', file));
  }
}

/** The folder of a Go module. */
function download(module: string): string {
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { cwd: folder }).toString()).Dir;
}

/** The oldest minor that a values file is for. */
function minorOf(file: string): number {
  return Number(/^# Kubernetes 1\.(\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 30);
}

function render(file: string): string {
  const flags = ['--namespace', 'somewhere', '--kube-version', minor, '--values', file];
  const text = execFileSync('helm', ['template', 'release', chart, ...flags], { encoding: 'utf8' });
  const objects = parseAllDocuments(text).map((document) => document.toJS());
  const own = objects.filter((object) => object && !foreignGroups.includes(object.apiVersion.split('/')[0]));
  // the tool does not know that the names of roles may have colons
  for (const { metadata } of own) metadata.name = metadata.name.replaceAll(':', '-');
  return own.map((object) => `---\n${stringify(object)}`).join('');
}

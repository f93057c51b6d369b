import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEnvironment } from './environment.ts';
import { folder } from './folder.ts';
import { helm } from './helm.ts';
import { kubernetes } from './minor.ts';
import { release } from './names.ts';
import { type Outcome, run, succeeded } from './program.ts';
import { valuesText } from './release.ts';

// Commands as the notes of a release and the documentation print them.

const isCommand = /^ +(argocd|echo|endpoints-webhook|flux|helm|kubectl) /;

/** What the notes of our release give to be typed. */
export async function printedCommands(): Promise<readonly string[]> {
  const { name, namespace } = release();
  const { out } = succeeded(await helm(['get', 'notes', name, '--namespace', namespace]), 'helm get notes');
  return out.split('\n').filter((line) => isCommand.test(line));
}

/** Types one, with what its reader has to fill in. */
export function type(printed: string, filledIn: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const given = { '<chart>': readEnvironment().chart, ...filledIn };
  const typed = Object.entries(given).reduce((text, [blank, value]) => text.replaceAll(blank, value), printed);
  if (/ <(chart|name|namespace)>/.test(typed)) throw new Error(`nothing is filled in: ${typed}`);
  return run('bash', ['-o', 'pipefail', '-c', typed]);
}

/** The same of one that must succeed. */
export async function typed(printed: string, filledIn?: Readonly<Record<string, string>>): Promise<string> {
  return succeeded(await type(printed, filledIn), printed).out;
}

/** The only block of commands of a page that looks like this, for our release, chart, image and cluster, and these values. */
export function blockOf(page: string, pattern: RegExp, values: object = {}): string {
  const found = blocksOf(page, values).filter(({ printed }) => pattern.test(printed));
  if (found.length !== 1) throw new Error(`${found.length} blocks of ${page} match ${pattern}`);
  return found.map(({ ours }) => ours).join();
}

/** All blocks of commands of a page, as they stand there and for our release. */
export function blocksOf(page: string, values: object = {}): readonly { printed: string; ours: string }[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^ *```sh\n([^`]*)```/gm)].map(([, text = '']) => text);
  return blocks.map((printed) => ({ printed, ours: forOurRelease(printed, values) }));
}

function forOurRelease(printed: string, values: object): string {
  const { name, fullname, namespace } = release();
  const file = resolve(folder, 'printed-values.yaml');
  writeFileSync(file, valuesText({ ...values }));
  return printed
    .replaceAll('charts/endpoints-webhook', readEnvironment().chart)
    .replaceAll(/(namespace:? |namespaces\/|home=)endpoints-webhook/g, `$1${namespace}`)
    .replaceAll(/\b(?<!charts\/)endpoints-webhook(-(?:endpoints|ca|audit|verify)\b|:restricted\b)/g, `${fullname}$1`)
    .replaceAll(/(deployment[ /])endpoints-webhook/g, `$1${fullname}`)
    .replaceAll(/((?:install|test|upgrade|rollback|template|notes) |instance=|name: )endpoints-webhook/g, `$1${name}`)
    .replaceAll('--kube-version 1.37', `--kube-version ${kubernetes.release}`)
    .replaceAll(/--set image\.registry=\S+ --set image\.tag=\S+|--values values\.yaml/g, `--values ${file}`)
    .replaceAll('helm upgrade …', `helm upgrade ${name} ${readEnvironment().chart} --namespace ${namespace}`);
}

/** The next version of our chart: one value more, which a template needs. */
export function writeNextChart(): string {
  const next = resolve(folder, 'next/endpoints-webhook');
  cpSync(readEnvironment().chart, next, { recursive: true });
  const values = readFileSync(`${next}/values.yaml`, 'utf8');
  writeFileSync(`${next}/values.yaml`, `${values}\naddedKey:\n  text: its default\n`);
  const schema = JSON.parse(readFileSync(`${next}/values.schema.json`, 'utf8'));
  schema.properties.addedKey = { type: 'object', properties: { text: { type: 'string' } } };
  writeFileSync(`${next}/values.schema.json`, JSON.stringify(schema));
  const metadata = '{name: added-key, namespace: "{{ .Release.Namespace }}"}';
  const data = '{text: {{ .Values.addedKey.text | quote }}}';
  const object = `apiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata}\ndata: ${data}\n`;
  writeFileSync(`${next}/templates/added-key.yaml`, object);
  return next;
}

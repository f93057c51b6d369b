import { readFileSync, writeFileSync } from 'node:fs';
import { issueAuthority } from '../../../src/certificates/issue.ts';
import type { KeyPair } from '../../../src/certificates/key-pair.ts';
import { issueClient } from '../../support/client-certificates.ts';
import { readEnvironment } from './environment.ts';
import { folder as reports } from './folder.ts';
import { release } from './names.ts';
import { run, succeeded } from './program.ts';
import { hour } from './way.ts';

// What docs/client-certificates.md tells an administrator to do who wants only API servers to be answered.

/** Where the files are, also those that the guide has in /etc/kubernetes. */
const folder = `${process.cwd()}/${reports}/`;

/** The API server's part of the guide. Returns the flag that it needs. */
export async function prepareApiServer(): Promise<string> {
  const [commands = '', configuration = '', kubeconfig = ''] = blocks();
  succeeded(await run('bash', ['-e', '-c', `cd "$0"\n${commands}`, folder]), commands);
  present({ certificate: read('client.crt'), privateKey: read('client.key') });
  const { fullname, namespace } = release();
  const host = `${fullname}.${namespace}.svc`;
  writeFileSync(`${folder}admission.yaml`, placed(configuration));
  writeFileSync(
    `${folder}webhooks.kubeconfig`,
    placed(kubeconfig).replace('endpoints-webhook.endpoints-webhook.svc', host),
  );
  return `--admission-control-config-file=${folder}admission.yaml`;
}

/** The webhook's part of the guide, with more flags of Helm. */
export async function demandCertificate(...more: readonly string[]): Promise<void> {
  const { name, namespace } = release();
  const commands = (blocks()[3] ?? '')
    .replaceAll('--namespace endpoints-webhook', `--namespace ${namespace}`)
    .replace('upgrade endpoints-webhook charts/endpoints-webhook', `upgrade ${name} ${readEnvironment().chart}`)
    .replace('=clients-ca.crt', `=${folder}clients-ca.crt`);
  succeeded(await run('bash', ['-e', '-c', `${commands.trimEnd()} ${more.join(' ')}`]), commands);
}

/** What of the guide is between its fences: commands, two files, commands. */
function blocks(): readonly string[] {
  const page = readFileSync('docs/client-certificates.md', 'utf8');
  return [...page.matchAll(/```(?:sh|yaml)\n([^`]*)```/g)].map(([, text = '']) => text);
}

function placed(text: string): string {
  return text.replaceAll('/etc/kubernetes/', folder);
}

function read(name: string): string {
  return readFileSync(folder + name, 'utf8');
}

/** What the API server presents from its next start on. */
function present({ certificate, privateKey }: KeyPair): void {
  writeFileSync(`${folder}webhook-client.crt`, certificate);
  writeFileSync(`${folder}webhook-client.key`, privateKey);
}

/** Have the API server present a certificate that is not accepted, by what the metrics call it. */
export const mistakes = {
  untrusted: async () => presentOf(await issueAuthority('webhook-clients', hour()), {}),
  name: () => presentOf(guideAuthority(), { commonName: 'kubelet' }),
  expired: () => presentOf(guideAuthority(), { end: -60_000 }),
} as const;

function guideAuthority(): KeyPair {
  return { certificate: read('clients-ca.crt'), privateKey: read('clients-ca.key') };
}

async function presentOf(authority: KeyPair, contents: { readonly commonName?: string; readonly end?: number }) {
  present(await issueClient(authority, { commonName: 'kube-apiserver', ...contents }));
}

/** The right certificate, as a Secret would have it. */
export function rightCertificate(): Readonly<Record<string, string>> {
  return { 'tls.crt': read('client.crt'), 'tls.key': read('client.key') };
}

// Builds the Dockerfile, runs the image as the chart runs it, and sends it the reviews of `demo`. Needs a container engine of this machine.
// Arguments are flags of the build, such as --build-arg BUILD_IMAGE=<name>; DOCKER names another program than docker.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { imageConfig, revisionFile, user } from '../../scripts/image-layout.ts';
import { contextRevision } from '../../scripts/revision.ts';
import { issueAuthority, issueLeaf } from '../../src/certificates/issue.ts';
import { createExchanges } from '../../src/demo/exchanges.ts';
import { until } from '../e2e/support/until.ts';
import { send } from './send.ts';

const image = 'localhost/endpoints-webhook:docker';
const name = `endpoints-webhook-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-docker-'));
let started = false;
let wrong = 0;

process.on('exit', () => {
  rmSync(folder, { recursive: true });
  if (started) docker('rm', '--force', '--volumes', name);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

docker('build', '--tag', image, ...process.argv.slice(2), '.');
checkContents();
const { ca, ports } = await start();
for (const exchange of createExchanges()) {
  const answer = await send(ports.https, ca, exchange);
  say(exchange.title, answer.uid === exchange.uid ? exchange.expect(answer) : 'it must carry the uid of the review');
}
docker('stop', '--time', '30', name);
const { ExitCode, OOMKilled } = inspect<State>(name, '.State');
say(
  'It ends when it is told to, and never ran out of memory',
  ExitCode === 0 && !OOMKilled ? undefined : `${ExitCode}`,
);
process.exit(wrong === 0 ? 0 : 1);

interface State {
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
}

/** Its labels, which are those of `npm run image`, and the commit in it. */
function checkContents(): void {
  const wanted = Object.entries(imageConfig(process.env.REVISION).Labels);
  const labels = inspect<Record<string, string> | null>(image, '.Config.Labels') ?? {};
  const differing = wanted.filter(([key, value]) => labels[key] !== value).map(([key]) => key);
  const empty = Object.keys(labels).filter((key) => labels[key] === '');
  say('Its labels are those of npm run image', [...differing, ...empty].join(', ') || undefined);
  const revision = statSync('.git', { throwIfNoEntry: false })?.isDirectory() ? contextRevision() : undefined;
  const print = `try { console.log(fs.readFileSync('${revisionFile}', 'utf8').trim()) } catch {}`;
  const found = docker('run', '--rm', '--entrypoint', '/usr/local/bin/node', image, '-e', print).trim();
  say('It knows the commit of its build context', found === (revision ?? '') ? undefined : `${found}, not ${revision}`);
}

/** Read-only, as nobody in particular, without capabilities, and in the memory that the chart gives. */
async function start() {
  const { resources, nodeOptions } = parse(readFileSync('charts/endpoints-webhook/values.yaml', 'utf8'));
  const memory = String(resources.limits.memory).replace(/Mi$/, 'm');
  const ca = await writeCertificate();
  const limits = ['--read-only', '--user', `${user.id}:${user.id}`, '--memory', memory, '--memory-swap', memory];
  const rights = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const given = ['--env', `NODE_OPTIONS=${nodeOptions}`, '--volume', `${folder}:/tls:ro`];
  const published = ['--publish', '127.0.0.1::8443', '--publish', '127.0.0.1::8080'];
  const flags = ['--tls-cert-file=/tls/tls.crt', '--tls-private-key-file=/tls/tls.key', '--shutdown-drain=1s'];
  docker('run', '--detach', '--name', name, ...limits, ...rights, ...given, ...published, image, 'serve', ...flags);
  started = true;
  const ports = { https: portOf('8443'), operations: portOf('8080') };
  const readyz = () => fetch(`http://127.0.0.1:${ports.operations}/readyz`).catch(() => undefined);
  await until('it is ready', async () => (await readyz())?.status === 200, { seconds: 30 });
  return { ca, ports };
}

async function writeCertificate(): Promise<string> {
  const lifetime = { now: new Date(), lifetime: 3_600_000 };
  const authority = await issueAuthority('docker', lifetime);
  const { certificate, privateKey } = await issueLeaf(authority, ['webhook.test'], lifetime);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'tls.crt'), certificate);
  writeFileSync(join(folder, 'tls.key'), privateKey, { mode: 0o644 });
  return authority.certificate;
}

function portOf(port: string): number {
  return Number(docker('port', name, port).trim().split('\n')[0]?.split(':').at(-1));
}

function inspect<T>(what: string, field: string): T {
  return JSON.parse(docker('inspect', '--format', `{{json ${field}}}`, what));
}

function docker(...words: readonly string[]): string {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return execFileSync(process.env.DOCKER ?? 'docker', words, {
    encoding: 'utf8',
    stdio: [...stdio],
    maxBuffer: 2 ** 28,
  });
}

function say(title: string, problem: string | undefined): void {
  console.log(problem === undefined ? `ok    ${title}` : `WRONG ${title}: ${problem}`);
  if (problem !== undefined) wrong++;
}

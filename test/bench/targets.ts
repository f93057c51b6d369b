import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allocation } from '../../scripts/image-layout.ts';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { policySource } from './judge-value.ts';

/** A server that is measured. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** From the start of the process to the line that says it listens; seen every 2 ms. */
  readonly startMilliseconds: number;
}

/** Whether server and client have a core each, and `/proc` says what a process costs. */
export const pinned = process.platform === 'linux' && availableParallelism() > 1;
if (pinned) execFileSync('taskset', ['-pc', '1', String(process.pid)]);

const folder = mkdtempSync(join(tmpdir(), 'epw-bench-'));
const pair = await issueSelfSigned(new Date());
const files = [join(folder, 'tls.crt'), join(folder, 'tls.key')] as const;
writeFileSync(files[0], pair.certificate);
writeFileSync(files[1], pair.privateKey);
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** The certificate of all targets. */
export const { certificate } = pair;

/** The least a webhook can cost. */
export const startBaseline = () => start('baseline', [process.execPath, 'test/bench/baseline.ts', ...files]);

export const startExpress = () => start('Express', [process.execPath, 'test/bench/express.ts', ...files]);

export const startFastify = () => start('Fastify', [process.execPath, 'test/bench/fastify.ts', ...files]);

/** The bundle, by default with limits that the loads of the bench do not reach: how reviews beyond them are refused is not measured. */
export function startWebhook(
  name: string,
  bundle: string,
  networks: readonly string[] = [],
  flags = ['--max-in-flight-bytes', String(1024 ** 3), '--max-connections', '4000'],
  environment: Readonly<Record<string, string>> = {},
): Promise<Target> {
  const policy = join(folder, `policy-${networks.length}.yaml`);
  writeFileSync(policy, JSON.stringify(policySource(networks)));
  const own = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1', '--policy', policy];
  const pem = ['--tls-cert-file', files[0], '--tls-private-key-file', files[1]];
  return start(name, [process.execPath, bundle, 'serve', ...own, ...pem, ...flags], environment);
}

/** Compiles the bundle, and returns the variables with which it starts from what was compiled, as it does in the image. */
export function compile(bundle: string): Readonly<Record<string, string>> {
  const environment = { NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
  execFileSync(process.execPath, [bundle, '--version'], { env: { ...process.env, ...environment } });
  return environment;
}

export const startControllerRuntime = (binary: string, port: number) =>
  start('controller-runtime', [binary, String(port), folder]);

/** What it prints goes to a file, which costs it what a container's log does, and the client nothing. */
async function start(name: string, command: readonly string[], environment = {}): Promise<Target> {
  const output = join(folder, `${name}-${running.size}.log`);
  const [program = '', ...args] = pinned ? ['taskset', '-c', '0', ...command] : command;
  const began = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...allocation, ...environment },
    stdio: ['ignore', openSync(output, 'w'), 'inherit'],
  });
  running.add(child);
  for (;;) {
    const port = /"port":(\d+)/.exec(readFileSync(output, 'utf8'))?.[1];
    const startMilliseconds = performance.now() - began;
    if (port !== undefined) return { name, port: Number(port), process: child, startMilliseconds };
    if (child.exitCode !== null || child.signalCode !== null || startMilliseconds > 30_000)
      throw new Error(`${name} did not start: ${readFileSync(output, 'utf8')}`);
    await sleep(2);
  }
}

export async function stop({ process: child }: Target): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
  running.delete(child);
}

/** From /proc, in ticks of 10 ms; NaN where there is none. */
export function cpuMicroseconds({ process: child }: Target): number {
  if (!pinned) return Number.NaN;
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** In MiB: what a target holds, and the most it ever held. */
export function memory({ process: child }: Target): { readonly resident: number; readonly peak: number } {
  if (!pinned) return { resident: Number.NaN, peak: Number.NaN };
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const of = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { resident: of('VmRSS'), peak: of('VmHWM') };
}

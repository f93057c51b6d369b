import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import https, { type RequestOptions } from 'node:https';
import { parse } from 'yaml';
import { allocation } from '../../scripts/image-layout.ts';
import { computeLimits } from '../../src/serve/serve-limits.ts';
import type { ServeLimits } from '../../src/serve/serve-options.ts';

const mebibyte = 1024 * 1024;

const { resources, nodeOptions, server, logging, tls } = parse(
  readFileSync('charts/endpoints-webhook/values.yaml', 'utf8'),
);

/** The memory limit of the chart, in bytes. */
export const memoryLimit = Number(/^(\d+)Mi$/.exec(resources.limits.memory)?.[1]) * mebibyte;

/** The share of it that the old generation of the heap gets, in percent. */
const share = Number(/^--max-old-space-size-percentage=(\d+)\b/.exec(nodeOptions)?.[1]);

/** The flags of the chart that bound what the server does. */
const chartFlags = [
  `--tls-min-version=${tls.minVersion}`,
  `--max-share-per-client=${server.maxSharePerClient}`,
  `--keep-alive-timeout=${server.keepAliveTimeout}`,
  `--log-level=${logging.level}`,
  `--log-denials=${logging.denies}`,
];

/**
 * What the options of the chart come to in a cgroup with such a memory limit, which not every machine lets a test make: seen in one of
 * 384 MiB, where the semi-spaces have 4 MiB and the whole heap has 223. The limits are what it would compute there: here it sees the
 * memory of the machine.
 */
function simulateLimit(memory: number, given: Partial<ServeLimits>) {
  const oldGeneration = Math.floor((memory / mebibyte) * (share / 100));
  const limits = computeLimits(given, { heap: (oldGeneration + 12) * mebibyte, all: memory });
  return {
    nodeOptions: `--max-old-space-size=${oldGeneration} --max-semi-space-size=4`,
    flags: [
      `--max-request-bytes=${limits.maxRequestBytes}`,
      `--max-in-flight-bytes=${limits.maxInFlightBytes}`,
      `--max-connections=${limits.maxConnections}`,
    ],
  };
}

export interface Process {
  readonly port: number;
  readonly operationsPort: number;
  readonly limits: ServeLimits;
  /** The most memory that it held since it was forgotten, and what it holds, in bytes, as the kernel counts it. */
  peak(): number;
  forgetPeak(): void;
  resident(): number;
  /** Whether it runs. */
  lives(): boolean;
  stop(): Promise<void>;
}

/**
 * The folder of a memory cgroup with the limit of the chart, made by whoever runs the tests: `MEMORY_CGROUP=/sys/fs/cgroup/… npm run
 * test:memory`. The process then has the options of the chart as they are, and computes its limits itself.
 */
const cgroup = process.env.MEMORY_CGROUP;

const entering = ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"'];

interface Container {
  readonly bundle?: string | undefined;
  /** Its limit, in bytes. */
  readonly memory?: number;
  /** What is not computed from it. */
  readonly given?: Partial<ServeLimits>;
}

/** The bundle, with the flags of the chart, the heap that it gives, and the allocation of the image. */
export async function startBundle(
  flags: readonly string[],
  { bundle = 'dist/endpoints-webhook.cjs', memory = memoryLimit, given = {} }: Container = {},
): Promise<Process> {
  if (!existsSync(bundle)) throw new Error('there is no bundle: npm run build');
  const enters = cgroup !== undefined && memory === memoryLimit ? [...entering, cgroup] : [];
  const limit = enters.length > 0 ? { nodeOptions, flags: [] } : simulateLimit(memory, given);
  const own = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];
  const serve = [process.execPath, bundle, 'serve', ...own, ...chartFlags, ...limit.flags, ...flags];
  const [program = '', ...args] = [...enters, ...serve];
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: limit.nodeOptions, ...allocation },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { port, operationsPort, ...limits } = await listening(child);
  return {
    ...{ port, operationsPort, limits },
    peak: () => memoryOf(child, 'VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    resident: () => memoryOf(child, 'VmRSS'),
    lives: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function memoryOf({ pid }: ChildProcess, key: string): number {
  return (
    Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  );
}

function listening(child: ChildProcess): Promise<ServeLimits & { port: number; operationsPort: number }> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk) => (said += chunk));
    child.stdout?.on('data', (chunk) => {
      const line = /^.*"msg":"listening".*$/m.exec(String(chunk))?.[0];
      if (line) resolve(JSON.parse(line));
    });
    child.once('close', () => reject(new Error(`the webhook ended before it listened: ${said}`)));
  });
}

export interface Answer {
  readonly code: number;
  readonly text: string;
}

/** Posts a body, over a connection of its own unless an agent is given. */
export function post(port: number, path: string, body: Buffer, given: RequestOptions = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', agent: false, rejectUnauthorized: false };
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    const request = https.request({ ...options, headers, ...given }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text: String(Buffer.concat(chunks)) }));
    });
    request.on('error', reject).end(body);
  });
}

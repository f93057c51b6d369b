import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import https, { type RequestOptions } from 'node:https';
import { parse } from 'yaml';
import { computeLimits } from '../../src/serve/serve-limits.ts';

const mebibyte = 1024 * 1024;

const { resources, nodeOptions } = parse(readFileSync('charts/endpoints-webhook/values.yaml', 'utf8'));

/** The memory limit of the chart, in bytes. */
export const memoryLimit = Number(/^(\d+)Mi$/.exec(resources.limits.memory)?.[1]) * mebibyte;

/** The share of it that the old generation of the heap gets, in percent. */
const share = Number(/^--max-old-space-size-percentage=(\d+)\b/.exec(nodeOptions)?.[1]);

/**
 * What the options of the chart come to in a cgroup with the memory limit of the chart, which not every machine lets a test make: seen in
 * one of 384 MiB, where the semi-spaces have 4 MiB and the whole heap has 223.
 */
const oldGeneration = Math.floor((memoryLimit / mebibyte) * (share / 100));
const heap = `--max-old-space-size=${oldGeneration} --max-semi-space-size=4`;

/** What it would compute in that cgroup: here it sees the memory of the machine. */
const limits = computeLimits({}, { heap: (oldGeneration + 12) * mebibyte, all: memoryLimit });
const limitFlags = [
  `--max-request-bytes=${limits.maxRequestBytes}`,
  `--max-in-flight-bytes=${limits.maxInFlightBytes}`,
  `--max-connections=${limits.maxConnections}`,
];

export interface Process {
  readonly port: number;
  readonly operationsPort: number;
  /** The most memory that it ever held, and what it holds, in bytes, as the kernel counts it. */
  peak(): number;
  resident(): number;
  /** Whether it runs. */
  lives(): boolean;
  stop(): Promise<void>;
}

/** The bundle, with the heap that the chart gives it. */
export async function startBundle(flags: readonly string[], bundle = 'dist/endpoints-webhook.cjs'): Promise<Process> {
  if (!existsSync(bundle)) throw new Error('there is no bundle: npm run build');
  const own = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1', '--log-denials', 'false'];
  const child = spawn(process.execPath, [bundle, 'serve', ...own, ...limitFlags, ...flags], {
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: heap },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ports = await listening(child);
  return {
    ...ports,
    peak: () => memoryOf(child, 'VmHWM'),
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

function listening(child: ChildProcess): Promise<{ port: number; operationsPort: number }> {
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

/** Posts a body over a connection of its own. */
export function post(port: number, path: string, body: Buffer, headers: RequestOptions['headers'] = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', agent: false, rejectUnauthorized: false };
    const length = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    const request = https.request({ ...options, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text: String(Buffer.concat(chunks)) }));
    });
    request.on('error', reject).end(body);
  });
}

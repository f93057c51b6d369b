// What a request costs, as a ratio to a bare server in the same run: `npm run bench`, or `npm run bench -- --quick`. With
// `--before <bundle>` an older bundle is measured beside it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { validReview, validSliceReview } from './bodies.ts';
import { load } from './client.ts';
import { printNetworks } from './networks.ts';
import { printWorst } from './worst.ts';

interface Target {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
}

interface Sample {
  readonly rps: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of server CPU a request. */
  readonly cpu: number;
}

const { quick, before } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, before: { type: 'string' } },
}).values;
const rounds = quick ? 2 : 7;
const milliseconds = quick ? 500 : 2000;
const sizes = { 'small (3)': 3, 'medium (100)': 100, 'large (1,000)': 1000, 'xl (10,000)': 10_000 };
const pinned = process.platform === 'linux' && availableParallelism() > 1;

const folder = mkdtempSync(join(tmpdir(), 'epw-bench-'));
const pair = await issueSelfSigned(new Date());
const files = [join(folder, 'tls.crt'), join(folder, 'tls.key')] as const;
writeFileSync(files[0], pair.certificate);
writeFileSync(files[1], pair.privateKey);
execFileSync(process.execPath, ['scripts/build.ts']);
if (pinned) execFileSync('taskset', ['-pc', '1', String(process.pid)]);
const serveFlags = [
  '--port',
  '0',
  '--operations-port',
  '0',
  '--tls-cert-file',
  files[0],
  '--tls-private-key-file',
  files[1],
  '--max-in-flight-bytes', // 32 of the largest bodies are sent at once; how reviews beyond the limit are refused is not measured here
  String(256 * 1024 * 1024),
];
const targets = [
  await start('baseline', ['test/bench/baseline.ts', ...files]),
  ...(before === undefined ? [] : [await start('before', [before, 'serve', ...serveFlags])]),
  await start('endpoints-webhook', ['dist/endpoints-webhook.cjs', 'serve', ...serveFlags]),
];
try {
  console.log(
    `Node ${process.version}, ${rounds} rounds of ${milliseconds} ms, 32 connections, medians (spread of the ratio)`,
  );
  console.log('| addresses | server | requests/s | p50 ms | p99 ms | CPU µs/request | of the baseline |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, addresses] of Object.entries(sizes)) await compare(name, validReview(addresses));
  await compare('slice (1,000)', validSliceReview(1000));
  for (const target of targets) console.log(`${target.name}: RSS ${rss(target).toFixed(0)} MiB after the load`);
} finally {
  for (const target of targets) target.process.kill();
  rmSync(folder, { recursive: true });
}
printNetworks(quick ? 5 : 50);
printWorst(quick ? 1 : 5);

async function start(name: string, args: readonly string[]): Promise<Target> {
  const command = pinned ? ['taskset', '-c', '0', process.execPath, ...args] : [process.execPath, ...args];
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${name} did not start`)));
    child.stdout.on('data', (data: Buffer) => {
      const found = /"port":(\d+)/.exec(data.toString());
      if (found) resolve(Number(found[1]));
    });
  });
  return { name, port, process: child };
}

/**
 * Interleaved, so that whatever else the machine does falls on all of them; each round begins with another, since whoever comes after the
 * baseline was seen to look up to a tenth dearer.
 */
async function compare(size: string, body: Buffer): Promise<void> {
  const samples = new Map<Target, Sample[]>(targets.map((target) => [target, []]));
  for (const target of targets) await measure(target, body);
  for (let round = 0; round < rounds; round++)
    for (const target of [...targets.slice(round % targets.length), ...targets.slice(0, round % targets.length)])
      samples.get(target)?.push(await measure(target, body));
  const baseline = samples.get(targets[0] as Target) ?? [];
  for (const [target, own] of samples) {
    const ratios = own.map(({ rps }, i) => rps / (baseline[i]?.rps ?? Number.NaN));
    const [rps, p50, p99, cpu] = (['rps', 'p50', 'p99', 'cpu'] as const).map((key) =>
      median(own.map((sample) => sample[key])),
    );
    const cells = [
      size,
      target.name,
      rps?.toFixed(0),
      p50?.toFixed(2),
      p99?.toFixed(2),
      cpu?.toFixed(0),
      spread(ratios),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

async function measure(target: Target, body: Buffer): Promise<Sample> {
  const cpuBefore = cpuMicroseconds(target);
  const began = performance.now();
  const times = [
    ...(await load({
      port: target.port,
      ca: pair.certificate,
      path: '/validate',
      body,
      connections: 32,
      milliseconds,
    })),
  ];
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return {
    rps: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (cpuMicroseconds(target) - cpuBefore) / times.length,
  };
}

/** From /proc, in ticks of 10 ms; NaN where there is none. */
function cpuMicroseconds({ process: child }: Target): number {
  if (!pinned) return Number.NaN;
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function rss({ process: child }: Target): number {
  if (!pinned) return Number.NaN;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
}

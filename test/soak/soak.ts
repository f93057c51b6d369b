// The bundle with the chart's flags and heap, for ten minutes, with everything at once: honest reviews of all sizes, one call in a hundred
// hostile, and each limit pressed in turn. `npm run soak`, or `npm run soak -- --seconds 30`, after `npm run build`; `--bundle <file>` takes
// another bundle, such as one that was broken to see this fail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { no, startAuthorizer } from '../support/authorizer.ts';
import { type Process, startBundle } from '../support/bundle.ts';
import type { Client } from './calls.ts';
import { forbidden, sendHonest } from './honest.ts';
import { sendHostile } from './hostile.ts';
import { press } from './pressure.ts';
import { createRandom } from './random.ts';
import { add, conclude, createTally, type Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '13' },
    bundle: { type: 'string' },
  },
});
const [seconds, clients, hostileShare] = [Number(values.seconds), 16, 0.01];
const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const authorizer = await startAuthorizer();
authorizer.answering = (spec, response) => setTimeout(no, 200, spec, response);
const webhook = await startBundle(flags(), { bundle: values.bundle });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => webhook.stop().finally(() => process.exit(1)));
const tally = createTally();
try {
  await run(webhook, tally);
  await tellRefused(webhook);
} finally {
  await webhook.stop();
  await authorizer.close();
}
const problems = conclude(tally, seconds);
for (const problem of problems) console.log(`failed: ${problem}`);
console.log(problems.length === 0 ? `${seconds} s: everything was answered rightly` : `${seconds} s: failed`);
process.exit(problems.length === 0 ? 0 : 1);

async function run(webhook: Process, tally: Tally): Promise<void> {
  const since = performance.now();
  const until = since + seconds * 1000;
  console.log(`${seconds} s with seed ${values.seed}, ${clients} clients`);
  await Promise.all([
    ...Array.from({ length: clients }, (_, i) => runClient(webhook, i, since, until)),
    press(webhook, until, Math.min(10, seconds / 7), tally),
    watch(webhook, since, until),
  ]);
}

/** One connection of an API server, with short pauses; in between it is somebody else, who is hostile. */
async function runClient({ port, lives }: Process, i: number, since: number, until: number): Promise<void> {
  const random = createRandom(Number(values.seed) * 1000 + i);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const honest: Client = { port, localAddress: `127.0.0.${2 + (i % 3)}`, agent };
  while (performance.now() < until && lives()) {
    if (random() < hostileShare) await sendHostile({ port, localAddress: '127.0.0.10' }, random, tally);
    else await sendHonest(honest, random, tally, since);
    await sleep(random() * 20);
  }
  agent.destroy();
}

async function watch(webhook: Process, since: number, until: number): Promise<void> {
  while (performance.now() < until) {
    if (!webhook.lives()) return add(tally.faults, 'the process ended');
    const at = (performance.now() - since) / 1000;
    tally.resident.push({ at, bytes: webhook.resident() });
    const heap = /^nodejs_heap_size_used_bytes (.*)$/m.exec(await metricsOf(webhook))?.[1];
    if (heap !== undefined) tally.heap.push({ at, bytes: Number(heap) });
    await sleep(1000);
  }
}

/** Nothing where it cannot be had: the connections to that port are pressed, too. */
function metricsOf({ operationsPort }: Process): Promise<string> {
  return fetch(`http://127.0.0.1:${operationsPort}/metrics`, { signal: AbortSignal.timeout(5000) })
    .then((response) => response.text())
    .catch(() => '');
}

/** What the webhook itself counted, which shows that limits were met. */
async function tellRefused(webhook: Process): Promise<void> {
  const counted = (await metricsOf(webhook)).matchAll(/^endpoints_webhook_(\w+_total\{reason="[^"]+"\}) ([1-9].*)$/gm);
  for (const [, what, count] of counted) console.log(`${count?.padStart(9)} ${what}`);
}

/** An authorizer that is slow. */
function flags(): readonly string[] {
  const [kubeconfig, policy] = [join(folder, 'kubeconfig'), join(folder, 'policy.yaml')];
  writeFileSync(kubeconfig, authorizer.kubeconfig());
  const rules = { 'forbidden-network': { networks: [forbidden] } };
  writeFileSync(policy, JSON.stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', rules }));
  return ['--policy', policy, '--kubeconfig', kubeconfig];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { hasFewValues } from '../../src/admission/measure.ts';
import { maxMainThreadValues, maxSmallBytes } from '../../src/server/budget.ts';
import { post, startBundle } from '../support/bundle.ts';
import { validReview } from './bodies.ts';
import { excessive, shrink, worst } from './worst-bodies.ts';

/**
 * How long the bundle, with the heap of the chart, holds its event loop for each of the worst bodies: the longest delay that
 * `perf_hooks.monitorEventLoopDelay` saw, which Node's metrics show. It looks every 10 ms, so 10 to 12 mean no hold at all.
 * `node test/bench/hold.ts [repetitions]`
 */
const repetitions = Number(process.argv[2] ?? 5);

const webhook = await startBundle([]);

/** In milliseconds, since this was asked the last time: asking begins a new measurement. */
async function longestHold(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${webhook.operationsPort}/metrics`);
  const text = await response.text();
  return 1000 * Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(text)?.[1]);
}

async function holdOf(path: string, body: Buffer): Promise<number> {
  await longestHold();
  await sleep(50); // its first look after that is not recorded, and a hold is recorded by the next
  await post(webhook.port, path, body);
  await sleep(50);
  return longestHold();
}

/** The shortest and the longest of the holds by a body. */
async function describeHolds(path: string, body: Buffer): Promise<string> {
  const holds: number[] = [];
  for (let i = 0; i < repetitions; i++) holds.push(await holdOf(path, body));
  return `${Math.min(...holds).toFixed(0)} (${Math.max(...holds).toFixed(0)})`;
}

/** As large as they are, and as the largest that take other ways: see src/server/budget.ts. */
const sizes: readonly (readonly [name: string, fits: (body: Buffer) => boolean])[] = [
  ['', () => true],
  [`, ${maxSmallBytes / 1024} KiB`, ({ length }) => length <= maxSmallBytes],
  [`, ${maxMainThreadValues} values`, (body) => hasFewValues(body, maxMainThreadValues)],
];
const columns = sizes.flatMap(([name]) => ['/validate', '/mutate'].map((path) => `${path}${name}`));

console.log(`The longest hold of the event loop, in ms: shortest and longest of ${repetitions}`);
console.log(`| body | MB | ${columns.join(' | ')} |`);
console.log(`| --- | ---: |${' ---: |'.repeat(columns.length)}`);
const bodies = { '10,000 valid addresses': () => validReview(10_000), ...worst, ...excessive };
for (const [name, make] of Object.entries(bodies)) {
  const body = make();
  const cells: string[] = [];
  for (const [, fits] of name in excessive ? sizes.slice(0, 1) : sizes) {
    const sent = shrink(body, fits);
    for (const path of ['/validate', '/mutate']) cells.push(fits(sent) ? await describeHolds(path, sent) : '');
  }
  console.log(`| ${name} | ${(body.length / 1e6).toFixed(1)} | ${cells.join(' | ')} |`);
}
await webhook.stop();

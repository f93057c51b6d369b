import { setTimeout as sleep } from 'node:timers/promises';
import { ipv4, reviewOf, validReview } from './bodies.ts';
import { measure, mediansOf, type Pace, type Sample } from './measure.ts';
import { figure, table } from './table.ts';
import type { Target } from './targets.ts';

const small = { body: validReview(3), allowed: true, connections: 4 };

/** The two largest that an API server stores: with the members that controllers write, and with nothing but addresses. */
const largest = {
  '15,000 addresses': validReview(15_000),
  '100,000 bare addresses': reviewOf([
    { addresses: Array.from({ length: 100_000 }, (_, i) => ({ ip: ipv4(i + 1) })), ports: [{ port: 80 }] },
  ]),
};

/** What small reviews see of 8 clients that send the largest objects. */
export async function besideLarge(targets: readonly Target[], pace: Pace): Promise<string> {
  const rows: string[][] = [];
  for (const target of targets) {
    const alone = await repeat(pace, () => measure(target, small, pace.milliseconds));
    rows.push([target.name, 'nothing', ...cells(alone), '']);
    for (const [name, body] of Object.entries(largest)) {
      const large: Sample[] = [];
      const beside = await repeat(pace, () => measureBeside(target, body, pace.milliseconds, large));
      rows.push([target.name, name, ...cells(beside), figure(mediansOf(large).rps)]);
    }
  }
  return table(['server', '8 clients send', '>requests/s', '>p50 ms', '>p99 ms', '>large requests/s'], rows);
}

/** The small ones are connected before the large ones flow, which go on until the small ones are measured. */
async function measureBeside(target: Target, body: Buffer, milliseconds: number, large: Sample[]): Promise<Sample> {
  const begun = Promise.withResolvers<void>();
  let loaded: Promise<Sample> | undefined;
  const own = await measure(target, small, milliseconds, async () => {
    const work = { body, allowed: true, connections: 8 };
    loaded = measure(target, work, milliseconds + 1000, async () => begun.resolve());
    await Promise.race([begun.promise, loaded]);
    await sleep(100);
  });
  if (loaded) large.push(await loaded);
  return own;
}

async function repeat({ rounds }: Pace, once: () => Promise<Sample>): Promise<Sample> {
  const samples = [];
  for (let round = 0; round < rounds; round++) samples.push(await once());
  return mediansOf(samples);
}

const cells = ({ rps, p50, p99 }: Sample) => [rps, p50, p99].map(figure);

import { validReview } from './bodies.ts';
import { compare, type Pace, type Result } from './measure.ts';
import { networks } from './reviews.ts';
import { figure, grouped, table } from './table.ts';
import { startWebhook, stop, type Target } from './targets.ts';

/** How cost grows with one number, all else being equal. */
export interface Growth {
  /** What the number counts. */
  readonly of: 'addresses' | 'networks' | 'connections';
  readonly steps: readonly { readonly count: number; readonly results: readonly Result[] }[];
}

export async function growWithAddresses(targets: readonly Target[], pace: Pace): Promise<Growth> {
  const steps = [];
  for (const count of [1, 10, 100, 1000, 5000, 15_000])
    steps.push({
      count,
      results: await compare(targets, { body: validReview(count), allowed: true, connections: 8 }, pace),
    });
  return { of: 'addresses', steps };
}

export async function growWithConnections(targets: readonly Target[], pace: Pace): Promise<Growth> {
  const steps = [];
  for (const connections of [1, 4, 16, 64, 256])
    steps.push({
      count: connections,
      results: await compare(targets, { body: validReview(3), allowed: true, connections }, pace),
    });
  return { of: 'connections', steps };
}

/** A process for each number of networks; all are measured in the same rounds. */
export async function growWithNetworks(baseline: Target, bundle: string, pace: Pace): Promise<Growth> {
  const counts = [0, 1, 10, 50, 100, 1000];
  const started = [];
  for (const count of counts) started.push(await startWebhook(`${count} networks`, bundle, networks(count)));
  const work = { body: validReview(1000), allowed: true, connections: 8 };
  const [first, ...others] = await compare([baseline, ...started], work, pace);
  for (const target of started) await stop(target);
  const steps = counts.flatMap((count, i) => (first && others[i] ? [{ count, results: [first, others[i]] }] : []));
  return { of: 'networks', steps };
}

export function growthTable({ of, steps }: Growth): string {
  return table(
    [of, '>requests/s', '>p50 ms', '>p99 ms', '>CPU µs', '>baseline requests/s', '>baseline CPU µs'],
    steps.map(({ count, results: [baseline, own] }) => {
      const { rps, p50, p99, cpu } = own?.medians ?? none;
      const bare = baseline?.medians ?? none;
      return [grouped(count), ...[rps, p50, p99, cpu, bare.rps, bare.cpu].map(figure)];
    }),
  );
}

const none = { rps: Number.NaN, p50: Number.NaN, p99: Number.NaN, cpu: Number.NaN };

import { validReview, validSliceReview } from './bodies.ts';
import { goalFor, judgeGoal } from './goals.ts';
import { compare, type Pace, type Result } from './measure.ts';
import { deniedReview, updateReview } from './reviews.ts';
import { figure, grouped, table, withSpread } from './table.ts';
import type { Target } from './targets.ts';

export interface Servers {
  readonly baseline: Target;
  /** The webhook, and an older bundle where one is measured beside it. */
  readonly ours: readonly Target[];
  /** The same with 50 forbidden networks. */
  readonly guarded: readonly Target[];
  /** Other webhooks with the same rules. */
  readonly others: readonly Target[];
}

/** What came of one kind of review at one size. */
export interface Row {
  readonly review: string;
  readonly addresses: number;
  readonly results: readonly Result[];
}

export const sizes = [3, 100, 1000, 5000] as const;

const connections = 32;

/** Every kind of review at every size: ours beside the baseline, and CREATEs beside the other servers too. */
export async function compareServers(servers: Servers, pace: Pace, told: (row: Row) => void): Promise<readonly Row[]> {
  const { baseline, ours, guarded, others } = servers;
  const rows: Row[] = [];
  const add = async (review: string, addresses: number, targets: readonly Target[], body: Buffer, allowed = true) => {
    const row = { review, addresses, results: await compare(targets, { body, allowed, connections }, pace) };
    rows.push(row);
    told(row);
  };
  for (const size of sizes) {
    await add('CREATE', size, [baseline, ...ours, ...others], validReview(size));
    await add('UPDATE', size, [baseline, ...ours], updateReview(size));
    await add('denied', size, [baseline, ...ours], deniedReview(size), false);
    await add('50 networks', size, [baseline, ...guarded], validReview(size));
  }
  await add('slice', 1000, [baseline, ...ours, ...others], validSliceReview(1000));
  return rows;
}

/** The webhook beside the baseline, with the goals. */
export function goalsTable(rows: readonly Row[]): string {
  return table(
    ['review', '>addresses', '>requests/s, × baseline', 'goal', '>CPU, × baseline', 'goal'],
    rows.flatMap(({ review, addresses, results }) => {
      const own = results[1];
      if (!own) return [];
      const { rps, cpu } = own.ratios;
      const goal = review === 'slice' ? undefined : goalFor(addresses, review === 'CREATE');
      const judged = [withSpread(rps), judgeGoal(goal, 'rps', rps), withSpread(cpu), judgeGoal(goal, 'cpu', cpu)];
      return [[review, grouped(addresses), ...judged]];
    }),
  );
}

/** All servers, where there are more than two, with absolute figures. */
export function serversTable(rows: readonly Row[]): string {
  return table(
    [
      'review',
      '>addresses',
      'server',
      '>requests/s',
      '>p50 ms',
      '>p99 ms',
      '>CPU µs',
      '>requests/s, × baseline',
      '>CPU, × baseline',
    ],
    rows
      .filter(({ review }) => review === 'CREATE' || review === 'slice')
      .flatMap(({ review, addresses, results }) =>
        results.map(({ target, medians: { rps, p50, p99, cpu }, ratios }) => [
          ...[review, grouped(addresses), target.name, ...[rps, p50, p99, cpu].map(figure)],
          withSpread(ratios.rps),
          withSpread(ratios.cpu),
        ]),
      ),
  );
}

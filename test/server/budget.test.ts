import { expect, test } from 'vitest';
import { computeLimits } from '../../src/serve/serve-limits.ts';
import type { ServeLimits } from '../../src/serve/serve-options.ts';
import { type BudgetLimits, createBudget, createShare, createUsage, maxSmallBytes } from '../../src/server/budget.ts';

const [kibibyte, mebibyte] = [1024, 1024 * 1024];

/** Heap and memory in MiB: what the chart's nodeOptions give in containers of that size. */
const memories = [
  ['230Mi', 144, 230],
  ['256Mi', 152, 256],
  ['384Mi', 223, 384],
  ['512Mi', 293, 512],
  ['768Mi', 434, 768],
  ['1Gi', 575, 1024],
  ['2Gi', 1138, 2048],
  ['4Gi', 2264, 4096],
  ['no limit', 4144, 32_768],
  ['a small heap in much memory', 160, 32_768],
] as const;

const givens: readonly Partial<ServeLimits>[] = [
  {},
  { maxConnections: 100 },
  { maxRequestBytes: 3 * mebibyte },
  { maxInFlightBytes: 12 * mebibyte },
  { maxInFlightBytes: 4 * mebibyte },
  { maxRequestBytes: 700 * kibibyte, maxInFlightBytes: 956 * kibibyte },
  { maxRequestBytes: 64 * kibibyte, maxInFlightBytes: 64 * kibibyte },
];

const cases = memories.flatMap(([memory, heap, all]) =>
  givens.map((given) => ({ memory, given: JSON.stringify(given), heap: heap * mebibyte, all: all * mebibyte })),
);

test.each(cases)(
  'in $memory, given $given, a body of the largest size fits, and a small one beside it, whatever the share',
  ({ given, ...memory }) => {
    const { maxRequestBytes: bodyBytes, maxInFlightBytes: inFlightBytes } = computeLimits(JSON.parse(given), memory);
    for (const maxSharePerClient of [0.01, 0.1, 0.25, 0.5, 1]) {
      const start = () => startClients({ bodyBytes, inFlightBytes, maxSharePerClient });
      const hold = start()();
      expect(hold(bodyBytes), `alone, ${maxSharePerClient}`).toBe(undefined);
      if (bodyBytes <= maxSmallBytes) continue;
      expect(hold(maxSmallBytes), `a small one of the same client, ${maxSharePerClient}`).toBe(undefined);
      const clients = start();
      while (clients()(bodyBytes) === undefined);
      expect(clients()(maxSmallBytes), `a small one beside all that fit, ${maxSharePerClient}`).toBe(undefined);
    }
  },
);

/** Returns how clients come, each of which returns how its requests hold memory: they say why not, and then hold none. */
function startClients(limits: BudgetLimits) {
  const budget = createBudget(limits);
  return () => {
    const usage = createUsage();
    return (bytes: number) => {
      const share = createShare(budget, usage, bytes);
      const overload = share.hold(bytes);
      if (overload) share.hold(0);
      return overload;
    };
  };
}

import { Counter, Histogram, type Registry } from 'prom-client';
import { prefix } from './series.ts';

const results = ['judged', 'unread'] as const;

export interface WakingMetrics {
  /** `seconds`: how long reading and judging took, and waiting for both. */
  countWaking(result: (typeof results)[number], seconds: number): void;
}

export function createWakingMetrics(registry: Registry): WakingMetrics {
  const wakings = new Counter({
    name: `${prefix}wakings_total`,
    help: 'Services that put something into service, by whether all of it could be read and judged.',
    labelNames: ['result'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: `${prefix}waking_duration_seconds`,
    help: 'How long it took to read and judge what a Service puts into service.',
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers: [registry],
  });
  for (const result of results) wakings.inc({ result }, 0);
  return {
    countWaking(result, seconds) {
      wakings.inc({ result });
      duration.observe(seconds);
    },
  };
}

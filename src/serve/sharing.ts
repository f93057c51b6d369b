import type { Server } from 'node:https';
import { type Budget, createBudget } from '../server/budget.ts';
import { type Connections, createConnections } from '../server/connections.ts';
import { watchHandshakes } from '../server/handshake-failure.ts';
import type { Metrics } from '../server/metrics.ts';
import type { ReadinessCheck } from '../server/operations.ts';
import type { ServeLimits, ServeOptions } from './serve-options.ts';

/** What all clients share: connections, and memory for requests. */
export interface Sharing extends Pick<Connections, 'usageOf'> {
  readonly budget: Budget;
  /** Limits and counts the connections of a server from now on. */
  watch(server: Server): void;
  /** Whether there is something left to share. */
  checks(): readonly ReadinessCheck[];
}

export function createSharing(options: ServeOptions & ServeLimits, metrics: Metrics): Sharing {
  const { maxRequestBytes: bodyBytes, maxInFlightBytes: inFlightBytes, maxSharePerClient } = options;
  const budget = createBudget({ bodyBytes, inFlightBytes, maxSharePerClient });
  const connections = createConnections(options, metrics.countDroppedConnection);
  metrics.showLoad(connections.size, () => budget.usage.bytes);
  return {
    budget,
    usageOf: connections.usageOf,
    watch(server) {
      connections.limit(server);
      watchHandshakes(server, metrics.countFailedHandshake);
    },
    checks: () => [
      { name: 'connections', problem: connections.saturated() ? 'no connection has been free for 3 s' : undefined },
      {
        name: 'memory',
        problem: budget.saturation.lasts() ? 'no memory for requests has been free for 3 s' : undefined,
      },
    ],
  };
}

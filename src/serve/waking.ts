import type { Logger } from 'pino';
import { hasCredentials } from '../cluster/credentials.ts';
import type { ReadWoken } from '../cluster/woken-lookup.ts';
import { createWake, type Wake } from '../server/wake.ts';
import { createWakingMetrics } from '../server/waking-metrics.ts';
import { type AskingOptions, noCluster } from './authorizer.ts';
import type { SharedConnection } from './shared-connection.ts';

/** Reads and judges what Services put into service. */
export function createWaking(options: Omit<AskingOptions, 'policy'>): Wake {
  return createWake(createReadWoken(options), createWakingMetrics(options.metrics.registry));
}

/**
 * Connects at once, though nobody may guard Services: to load a client takes longer than the first of them may have to wait. A pod has
 * credentials only where it needs them.
 */
function createReadWoken({ kubeconfig, connection, log }: Omit<AskingOptions, 'policy'>): ReadWoken {
  if (!hasCredentials(kubeconfig)) return async () => ({ problem: noCluster });
  const opening = open(connection, log).catch((err: unknown): ReadWoken => {
    log.warn({ err }, 'what Services put into service cannot be read');
    return async () => ({ problem: 'there is no connection to an API server: see the log of endpoints-webhook' });
  });
  return async (question, milliseconds) => {
    const until = performance.now() + milliseconds;
    const read = await opening;
    return read(question, until - performance.now());
  };
}

async function open(connection: SharedConnection, log: Logger): Promise<ReadWoken> {
  const [connected, { createWokenLookup }] = await Promise.all([
    connection.open(),
    import('../cluster/woken-lookup.ts'),
  ]);
  return createWokenLookup(connected, (said) =>
    log.debug({ said }, 'the API server does not say what a Service puts into service'),
  );
}

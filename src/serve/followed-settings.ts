import type { Server } from 'node:https';
import type { Logger } from 'pino';
import type { Metrics } from '../server/metrics.ts';
import type { ReadinessCheck } from '../server/operations.ts';
import { createCertificateSource } from './certificates.ts';
import { demandClients } from './clients.ts';
import { createConfigurations } from './configurations.ts';
import type { Presentation } from './presentation.ts';
import type { ServeOptions } from './serve-options.ts';
import type { SharedConnection } from './shared-connection.ts';

/** What others decide that concerns how the server is called: certificates, CAs of clients, webhook configurations. */
export interface FollowedSettings {
  /** Why API servers would not accept what is presented; `undefined` when they do. */
  notReady(): string | undefined;
  checks(): readonly ReadinessCheck[];
  close(): void;
}

/** Rejects with a UsageError, CertificateError or ClusterError where the options cannot be used. */
export async function followSettings(
  options: ServeOptions,
  webhook: Server,
  presentation: Presentation,
  connection: SharedConnection,
  { metrics, log }: { readonly metrics: Metrics; readonly log: Logger },
): Promise<FollowedSettings> {
  const unfollow = demandClients(options, webhook, presentation, metrics, log);
  const source = await createCertificateSource(options, presentation.events, log, connection);
  const configurations = await createConfigurations(options, connection, metrics, log);
  return {
    notReady: source.notReady,
    checks: configurations.checks,
    close() {
      source.close();
      unfollow();
      configurations.close();
    },
  };
}

import type { Server } from 'node:https';
import type { Logger } from 'pino';
import { followClientAuthorities } from '../certificates/client-authorities.ts';
import { UsageError } from '../cli/usage-error.ts';
import { demandNames } from '../server/client-certificates.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Presentation } from './presentation.ts';

export interface ClientOptions {
  readonly clientCaFile?: string;
  readonly clientName: readonly string[];
}

/** Whether clients need a certificate. Throws a UsageError where only half of it is said. */
export function demandsCertificates({ clientCaFile, clientName }: ClientOptions): boolean {
  const names = clientName.length > 0;
  if (clientCaFile === undefined && names)
    throw new UsageError('--client-name needs --client-ca-file: whose certificates may have that name');
  if (clientCaFile !== undefined && !names)
    throw new UsageError(
      '--client-ca-file needs --client-name: a CA signs for others, too; give the common name, DNS name or IP address of the API servers’ certificate',
    );
  return names;
}

/** Demands what the flags say, if anything. Returns what ends following the file. Throws a CertificateError where it cannot be used. */
export function demandClients(
  { clientCaFile, clientName: names }: ClientOptions,
  server: Server,
  presentation: Presentation,
  metrics: Metrics,
  log: Logger,
): () => void {
  if (clientCaFile === undefined) return () => {};
  const distrust = demandNames(server, { names, metrics, log });
  const trust = (authorities: string) => {
    presentation.trustClients(authorities);
    distrust();
  };
  return followClientAuthorities(clientCaFile, { trust, reloaded: metrics.countCertificateReload }, log);
}

import type { MinTlsVersion } from '../server/https.ts';
import type { CertificateOptions } from './certificates.ts';

/** Durations in milliseconds. */
export interface ServeOptions extends CertificateOptions {
  readonly port: number;
  readonly operationsPort: number;
  readonly bindAddress: string;
  readonly policy?: string;
  readonly kubeconfig?: string;
  readonly tlsMinVersion: MinTlsVersion;
  readonly maxRequestBytes: number;
  readonly maxInFlightBytes: number;
  readonly maxConnections: number;
  /** The part of connections and bytes that one client address may have: more than 0, and 1 at most. */
  readonly maxSharePerClient: number;
  readonly keepAliveTimeout: number;
  readonly shutdownDrain: number;
  readonly logLevel: string;
  readonly logDenials: boolean;
}

const hour = 3_600_000;

/** What the flags default to. */
export const serveDefaults: ServeOptions = {
  port: 8443,
  operationsPort: 8080,
  bindAddress: '::',
  tlsMinVersion: 'TLSv1.3',
  webhookConfiguration: [],
  servingName: [],
  caLifetime: 8760 * hour,
  servingLifetime: 168 * hour,
  rotationOverlap: 600_000,
  maxRequestBytes: 6 * 1024 * 1024,
  maxInFlightBytes: 24 * 1024 * 1024,
  maxConnections: 500,
  maxSharePerClient: 0.25,
  keepAliveTimeout: 120_000,
  shutdownDrain: 0,
  logLevel: 'info',
  logDenials: true,
};

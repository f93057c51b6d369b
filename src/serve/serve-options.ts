import type { MinTlsVersion } from '../server/https.ts';
import type { CertificateOptions } from './certificates.ts';
import type { ClientOptions } from './clients.ts';

/** What may be in memory at once: see serve-limits.ts. */
export interface ServeLimits {
  readonly maxRequestBytes: number;
  readonly maxInFlightBytes: number;
  readonly maxConnections: number;
}

/** The limits of a process that runs. */
export interface RunningLimits extends ServeLimits {
  /** What the thread that judges large reviews may fill with objects. */
  readonly judgeHeapBytes: number;
}

/** How much is logged, the least first. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Durations in milliseconds. A limit that is not given is computed at start. */
export interface ServeOptions extends CertificateOptions, ClientOptions, Partial<ServeLimits> {
  readonly port: number;
  readonly operationsPort: number;
  readonly bindAddress: string;
  /** Files. */
  readonly policy?: string | readonly string[] | undefined;
  /** A file in which the last good policy is kept. */
  readonly lastGoodPolicy?: string;
  /** A file into which an audit writes what it has found. */
  readonly auditSummary?: string;
  readonly extraServiceLabels: readonly string[];
  readonly kubeconfig?: string;
  readonly tlsMinVersion: MinTlsVersion;
  /** The part of connections and bytes that one client address may have: more than 0, and 1 at most. */
  readonly maxSharePerClient: number;
  readonly keepAliveTimeout: number;
  readonly shutdownDrain: number;
  readonly logLevel: string;
  /** A file that holds another one, whenever it does. */
  readonly logLevelFile?: string;
  readonly logDenials: boolean;
}

const hour = 3_600_000;

/** What the flags default to. */
export const serveDefaults: ServeOptions = {
  port: 8443,
  operationsPort: 8080,
  bindAddress: '::',
  extraServiceLabels: [],
  tlsMinVersion: 'TLSv1.3',
  webhookConfiguration: [],
  servingName: [],
  clientName: [],
  caLifetime: 8760 * hour,
  servingLifetime: 168 * hour,
  rotationOverlap: 600_000,
  maxSharePerClient: 0.25,
  keepAliveTimeout: 120_000,
  shutdownDrain: 0,
  logLevel: 'info',
  logDenials: true,
};

import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { KeyPair } from '../certificates/key-pair.ts';
import { UsageError } from '../cli/usage-error.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import type { Policy } from '../policy/policy.ts';
import { createAccess } from '../server/access.ts';
import { createApp } from '../server/app.ts';
import { createHttpsServer, present } from '../server/https.ts';
import { createMetrics } from '../server/metrics.ts';
import { type Check, createOperationsServer } from '../server/operations.ts';
import { closable } from '../server/shutdown.ts';
import { askerOf } from './authorizer.ts';
import { certificateSource } from './certificates.ts';
import { clusterOf } from './cluster.ts';
import type { ServeOptions } from './serve-options.ts';

/** A webhook that is listening. */
export interface Running {
  readonly port: number;
  readonly operationsPort: number;
  /** PEM: what a client may trust; empty as long as there is no certificate. */
  readonly certificate: string;
  readonly log: Logger;
  /**
   * Drains: not ready but serving, for as long as the options say; then takes no more connections, answers what has arrived, and
   * resolves when every connection is gone.
   */
  close(): Promise<void>;
}

/**
 * Starts the webhook. Rejects with a UsageError, CertificateError or ClusterError where what it was given cannot be used. `given` stands
 * in for what the policy file says.
 */
export async function serve(
  options: ServeOptions,
  version: string,
  destination: DestinationStream,
  given: { readonly policy?: Policy } = {},
): Promise<Running> {
  const log = pino({ level: options.logLevel, base: { logger: 'endpoints-webhook' } }, destination);
  const policy = given.policy ?? readPolicy(options.policy);
  const metrics = createMetrics(version);
  const cluster = clusterOf(options.kubeconfig);
  let state: 'starting' | 'serving' | 'draining' = 'starting';
  const app = createApp({
    policy,
    log,
    metrics,
    limits: { bodyBytes: options.maxRequestBytes, inFlightBytes: options.maxInFlightBytes },
    logDenials: options.logDenials,
    askAccess: createAccess({
      ask: await askerOf(policy, options.kubeconfig, cluster, log),
      cacheMilliseconds: policy.authorization.cacheTtlMilliseconds,
      answered: metrics.accessReview,
    }),
    draining: () => state === 'draining',
  });
  const webhook = createHttpsServer(app, options);

  let presented: KeyPair | undefined;
  let expiry = new Date(0);
  const source = await certificateSource(
    options,
    {
      present(pair) {
        present(webhook, pair, options.tlsMinVersion);
        presented = pair;
        expiry = new X509Certificate(pair.certificate).validToDate;
        metrics.certificate('serving', expiry);
      },
      reloaded: metrics.certificateReloaded,
      authority: (certificate) => metrics.certificate('ca', new X509Certificate(certificate).validToDate),
      inSync: metrics.caBundle,
    },
    log,
    cluster,
  );
  const checks = (): readonly Check[] => [
    { name: 'listening', problem: state === 'starting' ? 'starting' : undefined },
    { name: 'certificate', problem: presented ? expired(expiry) : 'there is none yet' },
    { name: 'trust', problem: source.notReady() },
    { name: 'shutdown', problem: state === 'draining' ? 'draining' : undefined },
  ];
  const operations = createOperationsServer({ registry: metrics.registry, checks });
  const closers = [closable(webhook), closable(operations)];
  const stop = () => {
    source.close();
    webhook.close();
    cluster.close();
  };
  const port = await listen(webhook, options.port, options.bindAddress).catch(rethrowAfter(stop));
  const operationsPort = await listen(operations, options.operationsPort, options.bindAddress).catch(
    rethrowAfter(stop),
  );
  state = 'serving';
  announce(log, { version, port, operationsPort, mode: policy.mode });
  return {
    port,
    operationsPort,
    get certificate() {
      return presented?.certificate ?? '';
    },
    log,
    async close() {
      state = 'draining';
      await sleep(options.shutdownDrain);
      source.close();
      for (const close of closers) await close(); // probes are answered to the end
      await cluster.close();
    },
  };
}

function expired(expiry: Date): string | undefined {
  return expiry < new Date() ? `the certificate expired on ${expiry.toISOString()}` : undefined;
}

function rethrowAfter(stop: () => void): (error: unknown) => never {
  return (error) => {
    stop();
    throw error;
  };
}

/** `::` takes IPv4 too; a machine without IPv6 gets `0.0.0.0` instead. */
async function listen(server: Server, port: number, bindAddress: string): Promise<number> {
  try {
    return await listenOn(server, { port, host: bindAddress });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (bindAddress === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL' || code === 'EINVAL'))
      return listenOn(server, { port, host: '0.0.0.0' });
    throw new UsageError(`cannot listen on ${bindAddress} port ${port}: ${(error as Error).message}`, { cause: error });
  }
}

function listenOn(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** One line at any log level: what starts us waits for it. */
function announce(log: Logger, line: Readonly<Record<string, unknown>>): void {
  log.child({}, { level: 'info' }).info(line, 'listening');
  log.flush();
}

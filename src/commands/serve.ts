import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { type DestinationStream, type Logger, pino } from 'pino';
import { readKeyPair } from '../certificates/files.ts';
import type { KeyPair } from '../certificates/key-pair.ts';
import { createApp } from '../server/app.ts';
import { createHttpsServer } from '../server/https.ts';
import { createMetrics } from '../server/metrics.ts';
import { createOperationsServer } from '../server/operations.ts';
import { closable } from '../server/shutdown.ts';
import { readPolicy, UsageError } from './policy-file.ts';

export interface ServeOptions {
  readonly port: number;
  readonly operationsPort: number;
  readonly bindAddress: string;
  readonly policy?: string;
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly tlsMinVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxRequestBytes: number;
  readonly logLevel: string;
}

/** A webhook that is listening. */
export interface Running {
  readonly port: number;
  readonly operationsPort: number;
  /** PEM: what a client may trust. */
  readonly certificate: string;
  readonly log: Logger;
  /** Takes no more connections, answers what has arrived, and resolves when every connection is gone. */
  close(): Promise<void>;
}

/** Starts the webhook. Rejects with a UsageError or CertificateError where what it was given cannot be used. */
export async function serve(options: ServeOptions, version: string, destination: DestinationStream): Promise<Running> {
  const log = pino({ level: options.logLevel, base: { logger: 'endpoints-webhook' } }, destination);
  const policy = readPolicy(options.policy);
  const keyPair = await readOrMakeKeyPair(options, log);
  const metrics = createMetrics(version);
  let state: 'starting' | 'ready' | 'draining' = 'starting';
  const draining = () => state === 'draining';

  const app = createApp({ policy, log, metrics, maxBodyBytes: options.maxRequestBytes, draining });
  const webhook = createHttpsServer(app, { ...keyPair, minVersion: options.tlsMinVersion });
  const operations = createOperationsServer({
    registry: metrics.registry,
    notReady: () => (state === 'ready' ? undefined : state),
  });
  const closers = [closable(webhook), closable(operations)];
  const port = await listen(webhook, options.port, options.bindAddress);
  const operationsPort = await listen(operations, options.operationsPort, options.bindAddress).catch(
    (error: unknown) => {
      webhook.close();
      throw error;
    },
  );
  state = 'ready';
  announce(log, { version, port, operationsPort, mode: policy.mode });
  return {
    port,
    operationsPort,
    certificate: keyPair.certificate,
    log,
    async close() {
      state = 'draining';
      for (const close of closers) await close();
    },
  };
}

async function readOrMakeKeyPair({ tlsCertFile, tlsPrivateKeyFile }: ServeOptions, log: Logger): Promise<KeyPair> {
  const now = new Date();
  if (tlsCertFile !== undefined && tlsPrivateKeyFile !== undefined)
    return readKeyPair(tlsCertFile, tlsPrivateKeyFile, now);
  if (tlsCertFile !== undefined || tlsPrivateKeyFile !== undefined)
    throw new UsageError('--tls-cert-file and --tls-private-key-file belong together: give both or neither');
  const { throwAwayKeyPair } = await import('../certificates/throw-away.ts');
  log.warn('no TLS files given: serving a throw-away certificate for localhost that ends with this process');
  return throwAwayKeyPair(now);
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

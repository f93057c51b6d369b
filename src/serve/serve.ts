import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Environment } from '../cluster/credentials.ts';
import { createApp } from '../server/app.ts';
import { createHttpsServer } from '../server/https.ts';
import type { InForce } from '../server/in-force.ts';
import { createJudgeThread } from '../server/judge-thread.ts';
import { createMetrics } from '../server/metrics.ts';
import { createOperationsServer, type ReadinessCheck } from '../server/operations.ts';
import { prepareShutdown } from '../server/shutdown.ts';
import { showAudit } from './audit-summary.ts';
import { demandsCertificates } from './clients.ts';
import { createCluster } from './cluster.ts';
import { followSettings } from './followed-settings.ts';
import { listen } from './listen.ts';
import { followLogLevel } from './log-level.ts';
import { openPolicy } from './policy-in-force.ts';
import { createPresentation } from './presentation.ts';
import type { RunningLimits, ServeOptions } from './serve-options.ts';
import { createSharedConnection } from './shared-connection.ts';
import { createSharing } from './sharing.ts';
import { createWaking } from './waking.ts';

/** A webhook that is listening. */
export interface RunningWebhook {
  readonly port: number;
  readonly operationsPort: number;
  /** PEM: what a client may trust; empty as long as there is no certificate. */
  readonly certificate: string;
  readonly log: Logger;
  /** Reads the policy files and the log level at once, not only when they are looked at next. */
  readonly readAnew: () => void;
  /**
   * Drains: not ready but serving, for as long as the options say; then takes no more connections, answers what has arrived, and
   * resolves when every connection is gone.
   */
  close(): Promise<void>;
}

/** Starts the webhook; `environment`: the variables of the process. Rejects with a UsageError, CertificateError or ClusterError where the options cannot be used. */
export async function serve(
  options: ServeOptions & RunningLimits,
  version: string,
  destination: DestinationStream,
  environment: Environment = {},
): Promise<RunningWebhook> {
  const log = pino({ level: options.logLevel, base: { logger: 'endpoints-webhook' } }, destination);
  const level = followLogLevel(log, options);
  const metrics = createAllMetrics(options, version, log);
  const connection = createSharedConnection(options.kubeconfig, environment, (text) =>
    log.warn({ said: text.trimEnd() }, 'the credential plugin says something'),
  );
  const asking = { kubeconfig: options.kubeconfig, connection, metrics, log };
  const cluster = createCluster(asking);
  const inForce = await openPolicy({ ...asking, ...policyFiles(options), cluster });
  let phase: Phase = 'starting';
  const { logDenials, maxRequestBytes, maxInFlightBytes, maxConnections, judgeHeapBytes: heapBytes } = options;
  const sharing = createSharing(options, metrics);
  const thread = createJudgeThread({ heapBytes, networks: cluster.networks, log });
  const judges = { inForce, thread, wake: createWaking(asking), limits: { bodyBytes: maxRequestBytes } };
  const app = createApp({ ...judges, log, metrics, ...sharing, logDenials, draining: () => phase === 'draining' });
  const webhook = createHttpsServer(app, { ...options, clientCertificates: demandsCertificates(options) });
  sharing.watch(webhook);
  const presentation = createPresentation(webhook, options.tlsMinVersion, metrics);
  const settings = await followSettings(options, webhook, presentation, connection, { metrics, log });
  const checks = () => [
    ...readinessChecks(phase, presentation.problem(), settings.notReady()),
    ...[sharing, cluster, settings].flatMap((part) => part.checks()),
    inForce.check(),
  ];
  const operations = createOperationsServer({ registry: metrics.registry, checks });
  const shutdowns = [prepareShutdown(webhook), prepareShutdown(operations)]; // probes are answered to the end
  inForce.start();
  const ports = await listenOnBoth(webhook, operations, options).catch((error: unknown) => {
    for (const part of [settings, level, webhook, inForce, cluster, connection]) void part.close();
    throw error;
  });
  phase = 'serving';
  announce(log, { version, ...ports, ...describe(inForce.current), maxRequestBytes, maxInFlightBytes, maxConnections });
  return {
    ...ports,
    get certificate() {
      return presentation.certificate();
    },
    log,
    readAnew() {
      level.read();
      inForce.reload();
    },
    async close() {
      phase = 'draining';
      await sleep(options.shutdownDrain);
      settings.close();
      level.close();
      for (const shutDown of shutdowns) await shutDown();
      await thread.close();
      inForce.close();
      await cluster.close();
      await connection.close();
    },
  };
}

function createAllMetrics({ auditSummary }: ServeOptions, version: string, log: Logger) {
  const metrics = createMetrics(version);
  showAudit(auditSummary, metrics.registry, log);
  return metrics;
}

function policyFiles({ policy = [], lastGoodPolicy: keptFile, extraServiceLabels }: ServeOptions) {
  return { files: [policy].flat(), keptFile, extraServiceLabels };
}

type Phase = 'starting' | 'serving' | 'draining';

function readinessChecks(
  phase: Phase,
  certificate: string | undefined,
  trust: string | undefined,
): readonly ReadinessCheck[] {
  return [
    { name: 'listening', problem: phase === 'starting' ? 'starting' : undefined },
    { name: 'certificate', problem: certificate },
    { name: 'trust', problem: trust },
    { name: 'shutdown', problem: phase === 'draining' ? 'draining' : undefined },
  ];
}

async function listenOnBoth(webhook: Server, operations: Server, options: ServeOptions) {
  const port = await listen(webhook, options.port, options.bindAddress);
  const operationsPort = await listen(operations, options.operationsPort, options.bindAddress);
  return { port, operationsPort };
}

function describe({ policy: { mode, digest } }: InForce) {
  return { mode, policy: digest };
}

/** One line at any log level: whatever starts us waits for it. */
function announce(log: Logger, line: Readonly<Record<string, unknown>>): void {
  log.child({}, { level: 'info' }).info(line, 'listening');
  log.flush();
}

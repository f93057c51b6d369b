import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Grant, grantsOf } from '../audit/access.ts';
import { type Connection, connect } from '../cluster/connection.ts';
import { kubeconfigList } from '../cluster/kubeconfig.ts';
import type { Unread } from '../report/report.ts';
import { openClusterReader } from '../scan/cluster-reader.ts';
import { readAccess } from '../scan/read-objects.ts';
import { exitCodeOf } from '../verify/check.ts';
import { formatVerifyJson, formatVerifyText, type VerifyReport } from '../verify/report.ts';
import { type Verified, verifyOnce } from '../verify/run.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

export interface VerifyOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
  readonly name: string;
  readonly trialNamespace: string;
  readonly as?: string;
  readonly asGroup: readonly string[];
  readonly dialPods: boolean;
  readonly output: 'text' | 'json';
  /** Milliseconds for all checks, and until when they are repeated as long as something is wrong. */
  readonly timeout: number;
  readonly wait: number;
}

/** Between two tries. */
const pauseMilliseconds = 2000;

/**
 * Looks whether an installation works, through the API server. Stores nothing. Exit code: 0 it does, 1 something does not work, 2
 * something could not be checked. Throws a ClusterError where the cluster cannot be asked at all.
 */
export async function verify(options: VerifyOptions, version: string, io: Io, now = new Date()): Promise<number> {
  const { asGroup, namespace, name, timeout } = options;
  if (asGroup.length > 0 && options.as === undefined) throw new UsageError('--as-group needs --as');
  const { environment = {} } = io;
  const kubeconfig = options.kubeconfig ?? kubeconfigList(environment.KUBECONFIG);
  const connection = connect(kubeconfig, options.context, { environment, pluginTimeout: timeout, tell: io.err });
  try {
    const cluster = await openClusterReader(connection, { timeout: Math.min(timeout, 10_000) }, io);
    const verified = await repeat(connection, options, io);
    const { roles, holders } = await readAccess(cluster);
    const grants = verified.policy ? grantsOf(roles, holders, verified.policy.authorization.wildcards) : [];
    const report: VerifyReport = {
      ...{ tool: version, date: now.toISOString(), cluster: { host: connection.host, version: cluster.version } },
      installation: { namespace, name, ...(verified.version !== undefined && { version: verified.version }) },
      ...(verified.policy && { policy: verified.policy.digest }),
      ...{ checks: verified.checks, grants: exempting(grants), unread: unreadOf(cluster.unread()) },
    };
    io.progress?.('');
    if (options.output === 'json') io.out(formatVerifyJson(report));
    else for (const text of formatVerifyText(report)) io.out(text);
    return exitCodeOf(report.checks);
  } finally {
    await connection.close();
  }
}

/** Looks again as long as something is wrong and there is time: what was installed a moment ago is not known everywhere yet. */
async function repeat(connection: Connection, options: VerifyOptions, io: Io): Promise<Verified> {
  const { namespace, name, trialNamespace, dialPods, timeout, asGroup: groups } = options;
  const as = options.as === undefined ? {} : { as: { user: options.as, groups } };
  const end = performance.now() + options.wait;
  for (;;) {
    const trialName = `endpoints-webhook-verify-${randomBytes(4).toString('hex')}`;
    const verification = { namespace, name, trialNamespace, dialPods, timeout, trialName, ...as };
    const verified = await verifyOnce(connection, verification);
    const wrong = verified.checks.filter(({ result }) => result === 'failed' || result === 'not checked');
    if (wrong.length === 0 || performance.now() + pauseMilliseconds > end) return verified;
    io.progress?.(`waiting: ${wrong[0]?.subject}: ${wrong[0]?.message}`);
    await sleep(pauseMilliseconds);
  }
}

function exempting(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(({ restricted }) => restricted.length > 0);
}

/** Whoever lacks the right to read roles everywhere need not read of each namespace. */
const maxUnread = 8;

function unreadOf(unread: readonly Unread[]): readonly Unread[] {
  return unread.slice(0, maxUnread);
}

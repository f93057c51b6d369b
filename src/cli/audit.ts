import { dump } from 'js-yaml';
import { grantsOf } from '../audit/access.ts';
import { byWeight, isAboutTargets } from '../audit/found.ts';
import { suppressExplained } from '../audit/suppress.ts';
import type { Tallies, Tally } from '../audit/tally.ts';
import { connect } from '../cluster/connection.ts';
import { kubeconfigList } from '../cluster/kubeconfig.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import type { Policy } from '../policy/policy.ts';
import { batches } from '../report/chunks.ts';
import { formatHtml } from '../report/html.ts';
import { formatJson } from '../report/json.ts';
import { exitCode, type Report, resultOf } from '../report/report.ts';
import { formatSarif } from '../report/sarif.ts';
import { formatText, summaryText } from '../report/text.ts';
import { type ClusterReader, openClusterReader } from '../scan/cluster-reader.ts';
import { readEvidence, readPodsAgain, unjudgedOf } from '../scan/read-evidence.ts';
import { readAccess, readObjects } from '../scan/read-objects.ts';
import type { Io } from './io.ts';

export interface AuditOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Files. */
  readonly policy?: string | readonly string[] | undefined;
  readonly extraServiceLabels?: readonly string[];
  readonly output: 'text' | 'json' | 'sarif' | 'html';
  /** Time limit for one answer of the API server, in milliseconds. */
  readonly timeout: number;
}

/**
 * Judges what exists in a cluster, and lists who can write it. Only reads. Exit code: 0 no denials, 1 denials, 2 something could not be
 * read. Throws a ClusterError where the cluster cannot be asked at all.
 */
export async function audit(options: AuditOptions, version: string, io: Io, now = new Date()): Promise<number> {
  const policy = readPolicy(options.policy, options.extraServiceLabels);
  const { environment = {} } = io;
  const kubeconfig = options.kubeconfig ?? kubeconfigList(environment.KUBECONFIG);
  const plugin = { pluginTimeout: options.timeout, tell: io.err };
  const connection = connect(kubeconfig, options.context, { environment, ...plugin });
  try {
    const cluster = await openClusterReader(connection, options, io);
    const { tallies, unjudged } = await judgeAll(cluster, policy);
    const { roles, holders } = await readAccess(cluster);
    const report: Report = {
      ...{ tool: version, date: now.toISOString(), namespace: options.namespace },
      cluster: { host: connection.host, version: cluster.version },
      policy: describePolicy(policy, options.policy),
      ...summarize(tallies),
      grants: grantsOf(roles, holders, policy.authorization.wildcards),
      unread: [...cluster.unread(), ...unjudged],
    };
    io.progress?.('');
    print(report, options, io);
    return exitCode(report);
  } finally {
    await connection.close();
  }
}

/** Reads pods again at the end, where they could explain a violation: new pods start while the objects are read. */
async function judgeAll(cluster: ClusterReader, policy: Policy) {
  const evidence = await readEvidence(cluster, policy);
  const tallies = await readObjects(cluster, policy, evidence);
  const suspects = Object.values(tallies).flatMap(({ found }) => found.filter(isAboutTargets));
  await readPodsAgain(cluster, evidence, suspects);
  suppressExplained(tallies, policy, evidence.cluster);
  return { tallies, unjudged: unjudgedOf(policy, evidence.cluster) };
}

function describePolicy({ mode, digest, source }: Policy, files: AuditOptions['policy'] = []) {
  return {
    source: [files].flat().join(' and ') || 'the default policy',
    mode,
    digest,
    yaml: dump(source, { noRefs: true }),
  };
}

function summarize({ Endpoints, EndpointSlice, Service }: Tallies) {
  const all = [Endpoints, EndpointSlice, Service];
  const sum = (count: (tally: Tally) => number) => all.reduce((total, tally) => total + count(tally), 0);
  const suppressed = (of: 'ownPods' | 'apiServer') => ({
    objects: sum((tally) => tally[of].objects),
    violations: sum((tally) => tally[of].violations),
  });
  return {
    objects: { Endpoints: Endpoints.objects, EndpointSlice: EndpointSlice.objects, Service: Service.objects },
    exempt: sum(({ exempt }) => exempt),
    suppressed: { ownPods: suppressed('ownPods'), apiServer: suppressed('apiServer') },
    found: all.flatMap(({ found }) => found).sort(byWeight),
  };
}

function print(report: Report, { output }: AuditOptions, io: Io): void {
  for (const text of batches(formatReport(report, output))) io.out(text);
  if (output === 'text' || output === 'html') io.err(summaryText(report));
}

function formatReport(report: Report, output: AuditOptions['output']): Iterable<string> {
  const { found, unread, tool, policy } = report;
  if (output === 'text') return formatText(report);
  if (output === 'json') return formatJson(report);
  if (output === 'html') return [formatHtml(report)];
  const notes = unread.map(({ what, why }) => ({ text: `could not read ${what}: ${why}` }));
  return formatSarif(Iterator.from(found).map(resultOf), found.length, notes, tool, { policy: policy.digest });
}

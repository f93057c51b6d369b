import { dump } from 'js-yaml';
import { grantsOf } from '../audit/access.ts';
import { exemptNamespaces } from '../audit/exempt-namespaces.ts';
import { byWeight, isAboutTargets } from '../audit/found.ts';
import { suppressExplained } from '../audit/suppress.ts';
import type { Tallies, Tally } from '../audit/tally.ts';
import { connect } from '../cluster/connection.ts';
import { kubeconfigList } from '../cluster/kubeconfig.ts';
import { printedLine } from '../endpoints/visible.ts';
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
import { openPublishing, type PublishingOptions } from './publishing.ts';

export interface AuditOptions extends PublishingOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Files. */
  readonly policy?: string | readonly string[] | undefined;
  readonly extraServiceLabels?: readonly string[];
  /** `none`: only the summary, on standard error. */
  readonly output: 'text' | 'json' | 'sarif' | 'html' | 'none';
  /** Namespaces, and patterns such as `openshift-*`, of which nothing is reported. */
  readonly exemptNamespace?: readonly string[];
  /** Time limit for one answer of the API server, in milliseconds. */
  readonly timeout: number;
}

/**
 * Judges what exists in a cluster, and lists who can write it. Only reads, unless it is told to write what it has found. Exit code: 0 no
 * denials, 1 denials, 2 something could not be read or written; where it writes, denials are no failure. Throws a ClusterError where the
 * cluster cannot be asked at all.
 */
export async function audit(options: AuditOptions, version: string, io: Io, now = new Date()): Promise<number> {
  const policy = readPolicy(options.policy, options.extraServiceLabels);
  const { environment = {} } = io;
  const kubeconfig = options.kubeconfig ?? kubeconfigList(environment.KUBECONFIG);
  const plugin = { pluginTimeout: options.timeout, tell: io.err };
  const connection = connect(kubeconfig, options.context, { environment, ...plugin });
  try {
    const cluster = await openClusterReader(connection, options, io);
    const publishing = await openPublishing(connection, options);
    const { tallies, unjudged } = await judgeAll(cluster, policy);
    exemptNamespaces(tallies, options.exemptNamespace ?? []);
    const grants = options.output === 'none' ? [] : await readGrants(cluster, policy);
    const report: Report = {
      ...{ tool: version, date: now.toISOString(), namespace: options.namespace },
      cluster: { host: connection.host, version: cluster.version },
      policy: describePolicy(policy, options.policy),
      ...summarize(tallies),
      grants,
      unread: [...cluster.unread(), ...unjudged],
    };
    io.progress?.('');
    print(report, options, io);
    if (!publishing) return exitCode(report);
    const { texts, isComplete } = await publishing(report, now);
    for (const text of texts) io.err(printedLine(text));
    return isComplete ? 0 : 2;
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

async function readGrants(cluster: ClusterReader, policy: Policy): Promise<Report['grants']> {
  const { roles, holders } = await readAccess(cluster);
  return grantsOf(roles, holders, policy.authorization.wildcards);
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
  if (output !== 'json' && output !== 'sarif') io.err(summaryText(report));
}

function formatReport(report: Report, output: AuditOptions['output']): Iterable<string> {
  const { found, unread, tool, policy } = report;
  if (output === 'text') return formatText(report);
  if (output === 'json') return formatJson(report);
  if (output === 'html') return [formatHtml(report)];
  if (output === 'none') return [];
  const notes = unread.map(({ what, why }) => ({ text: `could not read ${what}: ${why}` }));
  return formatSarif(Iterator.from(found).map(resultOf), found.length, notes, tool, { policy: policy.digest });
}

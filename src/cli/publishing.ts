import { summarizeFound } from '../audit/summary.ts';
import type { Connection } from '../cluster/connection.ts';
import { openReports, type PublishedReports, type Reports } from '../publish/reports.ts';
import { type ConfigMapName, writeSummary } from '../publish/summary-config-map.ts';
import type { Report } from '../report/report.ts';
import { plural } from '../report/result.ts';
import { UsageError } from './usage-error.ts';

/** What an audit writes into the cluster. */
export interface PublishingOptions {
  readonly namespace?: string;
  /** Milliseconds for each answer of the API server. */
  readonly timeout: number;
  readonly writeReports?: boolean;
  readonly reportName?: string;
  readonly summaryConfigMap?: ConfigMapName;
}

interface Publication {
  /** What was written, and what could not be: lines for a person. */
  readonly texts: readonly string[];
  /** Whether all was written that should be. */
  readonly isComplete: boolean;
}

/** Writes what the options ask for; only what a whole audit has found. */
type Publish = (report: Report, now: Date) => Promise<Publication>;

/** `undefined` where nothing is to be written. Throws a ClusterError where that cannot be: before hundreds of pages are read for nothing. */
export async function openPublishing(connection: Connection, options: PublishingOptions): Promise<Publish | undefined> {
  const {
    writeReports = false,
    reportName: name = 'endpoints-webhook',
    summaryConfigMap,
    namespace,
    timeout,
  } = options;
  if (summaryConfigMap && namespace !== undefined)
    throw new UsageError('--summary-config-map is for sums of the whole cluster: leave out --namespace');
  if (!writeReports && !summaryConfigMap) return undefined;
  const reports = writeReports ? await openReports(connection, { name, namespace, timeout }) : undefined;
  return async (report, now) => {
    if (report.unread.length > 0)
      return { texts: ['nothing was written, since not everything could be read'], isComplete: false };
    const ofReports = reports ? await publishReports(reports, report, now) : nothingToDo;
    const ofSums = summaryConfigMap
      ? await publishSums(connection, summaryConfigMap, report, { now, timeout })
      : nothingToDo;
    return {
      texts: [...ofReports.texts, ...ofSums.texts],
      isComplete: ofReports.isComplete && ofSums.isComplete,
    };
  };
}

const nothingToDo: Publication = { texts: [], isComplete: true };

async function publishReports(reports: Reports, { found }: Report, now: Date): Promise<Publication> {
  const { written, unchanged, deleted, unwritten }: PublishedReports = await reports.publish(found, now);
  const failed = unwritten.map(({ what, why }) => `could not write ${what}: ${why}`);
  const done = `${plural(written, 'Report')} written, ${unchanged} unchanged, ${deleted} deleted`;
  return { texts: [...failed, done], isComplete: failed.length === 0 };
}

async function publishSums(
  connection: Connection,
  name: ConfigMapName,
  { found, objects }: Report,
  { now, timeout }: { readonly now: Date; readonly timeout: number },
): Promise<Publication> {
  const problem = await writeSummary(connection, name, summarizeFound(found, objects, now), timeout);
  if (problem === undefined) return nothingToDo;
  return { texts: [`could not write the ConfigMap ${name.namespace}/${name.name}: ${problem}`], isComplete: false };
}

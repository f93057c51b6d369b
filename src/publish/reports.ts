import type { Found } from '../audit/found.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import type { Connection } from '../cluster/connection.ts';
import { list, type ReadProblem } from '../cluster/list.ts';
import { fieldsOf } from '../json/fields.ts';
import type { Unread } from '../report/report.ts';
import { createRefusals, omitNamespace } from '../scan/refusals.ts';
import { type Outcome, type ReportCalls, writeReport } from './write-report.ts';

const group = '/apis/openreports.io/v1alpha1';

/** How many namespaces in a row may fail because of the API server: the others are not tried any more then. */
const maxFailures = 5;

/** What became of the Reports of namespaces. */
export interface PublishedReports {
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** What could not be written, in the same words as what could not be read. */
  readonly unwritten: readonly Unread[];
}

/** The Reports of one name. Those of others are left alone. */
export interface Reports {
  /** Makes the Report of each namespace say what was found there, and deletes it where nothing was. */
  publish(found: readonly Found[], now: Date): Promise<PublishedReports>;
}

/** Of one namespace, or all. */
export interface ReportOptions {
  readonly name: string;
  readonly namespace?: string | undefined;
  /** Milliseconds for each answer. */
  readonly timeout: number;
}

/** Reads which Reports there are. Throws a ClusterError where the cluster has no such kind, or they may not be listed. */
export async function openReports(connection: Connection, options: ReportOptions): Promise<Reports> {
  const { name, namespace, timeout } = options;
  const existing = new Set<string>();
  const where = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const add = (item: unknown) => existing.add(String(fieldsOf(fieldsOf(item).metadata).namespace));
  const selection = { fieldSelector: `metadata.name=${name}` };
  const problem = await list(connection, `${group}${where}/reports`, add, timeout, selection);
  if (problem?.status === 404) throw new ClusterError(noKind(connection.host));
  if (problem) throw new ClusterError(`could not read reports.openreports.io: ${problem.message}`);
  return {
    async publish(found, now) {
      const byNamespace = Map.groupBy(found, ({ subject }) => subject.namespace);
      for (const left of existing) if (!byNamespace.has(left)) byNamespace.set(left, []);
      return writeAll({ connection, timeout, name, now }, byNamespace);
    },
  };
}

function noKind(host: string): string {
  return `the API server at ${host} serves no Reports (openreports.io/v1alpha1): install the CustomResourceDefinitions of https://github.com/openreports/reports-api, or leave --write-reports out`;
}

async function writeAll(
  calls: Omit<ReportCalls, 'path'> & { readonly name: string },
  byNamespace: ReadonlyMap<string, readonly Found[]>,
): Promise<PublishedReports> {
  const counts: Record<Exclude<Outcome, object>, number> = { written: 0, unchanged: 0, deleted: 0, nothing: 0 };
  const refusals = createRefusals();
  let [failures, left] = [0, byNamespace.size];
  for (const [namespace, found] of byNamespace) {
    const path = `${group}/namespaces/${encodeURIComponent(namespace)}/reports`;
    const outcome = await writeReport({ ...calls, path }, { namespace, name: calls.name }, found);
    left--;
    if (typeof outcome === 'string') counts[outcome]++;
    else refusals.add('reports.openreports.io', namespace, omitNamespace(outcome, namespace));
    failures = typeof outcome !== 'string' && isServersFault(outcome) ? failures + 1 : 0;
    if (failures < maxFailures || left === 0) continue;
    refusals.add(`the reports of ${left} more namespaces`, '', `${maxFailures} in a row could not be written`);
    break;
  }
  const { written, unchanged, deleted } = counts;
  return { written, unchanged, deleted, unwritten: refusals.list() };
}

/** Of which others would suffer, too. */
function isServersFault({ status = 0 }: ReadProblem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

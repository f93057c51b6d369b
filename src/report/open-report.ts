import { changedHands } from '../audit/changed-hands.ts';
import type { Found } from '../audit/found.ts';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { sameJson } from '../json/same-json.ts';
import { kinds } from '../kinds/index.ts';
import { resultOf } from './report.ts';
import { plural } from './result.ts';

/** Who writes a Report: its `source`, and the label by which it is ours. */
const source = 'endpoints-webhook';
const ownLabels = { 'app.kubernetes.io/managed-by': source };

/** An API server stores 1.5 MiB of an object. */
const maxBytes = 1024 * 1024;
const maxResults = 1000;

/** Of a message, in characters. */
const maxMessage = 1000;

export interface ReportName {
  readonly namespace: string;
  readonly name: string;
}

/** Whether a Report that is stored may be written and deleted. */
export function isOwnReport(stored: unknown): boolean {
  const labels = fieldsOf(fieldsOf(fieldsOf(stored).metadata).labels);
  return Object.entries(ownLabels).every(([key, value]) => labels[key] === value);
}

/**
 * A Report of openreports.io/v1alpha1: what was found in one namespace, one result for each object and rule, in the order that is given.
 * `summary` counts all, also those that do not fit. `stored`: the Report as it is now: results that it has keep their time, and what
 * others have written into its metadata stays.
 */
export function writeOpenReport(
  { namespace, name }: ReportName,
  found: readonly Found[],
  now: Date,
  stored?: unknown,
): Fields {
  const metadata = fieldsOf(fieldsOf(stored).metadata);
  const labels = { ...fieldsOf(metadata.labels), ...ownLabels };
  const fitting = takeFitting(found);
  const leftOut = found.length - fitting.length;
  const all = leftOut === 0 ? fitting : [...fitting, leftOutResult(namespace, leftOut)];
  const since = timesOf(stored);
  const timestamp = { seconds: Math.floor(now.getTime() / 1000), nanos: 0 };
  return {
    ...{ apiVersion: 'openreports.io/v1alpha1', kind: 'Report' },
    metadata: { ...metadata, name, namespace, labels },
    source,
    scope: { apiVersion: 'v1', kind: 'Namespace', name: namespace },
    summary: summaryOf(found, leftOut),
    results: all.map((result) => ({ ...result, timestamp: since.get(keyOf(result)) ?? timestamp })),
  };
}

/** Whether writing it would change nothing. */
export function isStored(report: Fields, stored: unknown): boolean {
  return sameJson(report, stored);
}

type Result = ReturnType<typeof resultOfFound> | ReturnType<typeof leftOutResult>;

/** As many as one object may have. */
function takeFitting(found: readonly Found[]): readonly Result[] {
  const fitting: Result[] = [];
  let bytes = 0;
  for (const one of found) {
    const result = resultOfFound(one);
    bytes += Buffer.byteLength(JSON.stringify(result)) + bytesOfTime;
    if (fitting.length === maxResults || bytes > maxBytes) break;
    fitting.push(result);
  }
  return fitting;
}

const bytesOfTime = 64;

const resultWords = { deny: 'fail', warn: 'warn', audit: 'warn' } as const;
const severities = { deny: 'high', warn: 'medium', audit: 'low' } as const;

function resultOfFound(found: Found) {
  const { subject, rule, enforcement, items, count } = found;
  const { kind, namespace, name, service } = subject;
  const { field, message } = resultOf(found);
  const value = items[0]?.value?.toWellFormed();
  return {
    ...{ policy: source, rule: rule.id, category: 'Network' },
    result: resultWords[enforcement],
    severity: rule === changedHands ? 'high' : severities[enforcement],
    scored: enforcement === 'deny',
    message: message.slice(0, maxMessage).toWellFormed(),
    resources: [{ apiVersion: kinds[kind].apiVersion, kind, namespace, name }],
    properties: {
      ...{ field, ...(value !== undefined && { value }) },
      ...{ places: String(count), enforcement, service },
    },
  };
}

function leftOutResult(namespace: string, leftOut: number) {
  return {
    ...{ policy: source, rule: 'left-out', category: 'Network', result: 'skip', severity: 'info', scored: false },
    message: `${plural(leftOut, 'more finding')} left out, but counted in the summary: endpoints-webhook audit --namespace ${namespace}`,
    properties: { leftOut: String(leftOut) },
  };
}

function summaryOf(found: readonly Found[], leftOut: number) {
  const fail = found.filter(({ enforcement }) => enforcement === 'deny').length;
  return { pass: 0, fail, warn: found.length - fail, error: 0, skip: leftOut === 0 ? 0 : 1 };
}

/** When each result of a stored Report was found first. */
function timesOf(stored: unknown): ReadonlyMap<string, unknown> {
  const times = listOf(fieldsOf(stored).results).map((result) => [keyOf(result), fieldsOf(result).timestamp] as const);
  return new Map(times.filter(([, time]) => isTime(time)));
}

function isTime(time: unknown): boolean {
  const { seconds, nanos } = fieldsOf(time);
  return Number.isSafeInteger(seconds) && Number.isSafeInteger(nanos);
}

/** By which a result is the same in the next Report. */
function keyOf(result: unknown): string {
  const { rule, resources } = fieldsOf(result);
  const { kind, name } = fieldsOf(listOf(resources)[0]);
  return JSON.stringify([rule, kind, name]);
}

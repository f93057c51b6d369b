import { accessRow, apiServerRow, auditRow, clusterRow } from './dashboard-cluster.ts';
import { own, perSecond, quantile } from './dashboard-queries.ts';

/** A query, and how its lines are called: `{{label}}` is a label's value. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What to make of it. */
  readonly says?: string;
  readonly type?: 'timeseries' | 'stat' | 'table';
  /** Of Grafana's. */
  readonly unit?: string;
  /** Of 24 columns; 8 where absent. */
  readonly width?: number;
  /** By value, the least first, whose value is null. */
  readonly colours?: readonly { readonly color: string; readonly value: number | null }[];
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What the dashboard shows, from top to bottom. */
export function rows(): readonly Row[] {
  return [overview, verdicts, latency, load, certificates, policy, clusterRow, accessRow, auditRow, apiServerRow];
}

const goodFrom = (least: number) => [
  { color: 'red', value: null },
  { color: 'green', value: least },
];
const badFrom = (least: number) => [
  { color: 'green', value: null },
  { color: 'red', value: least },
];

const one = (expr: string, legend = '') => [{ expr, legend }];

const overview: Row = {
  title: 'Overview',
  panels: [
    {
      ...{ title: 'Pods that are ready', type: 'stat', width: 4, colours: goodFrom(2) },
      queries: one(`sum(${own('ready')})`),
    },
    {
      ...{ title: 'Reviews', type: 'stat', unit: 'reqps', width: 4 },
      queries: one(`sum(${perSecond(own('admission_requests_total', 'webhook="validate"'))})`),
    },
    {
      ...{ title: 'Refused', type: 'stat', unit: 'reqps', width: 4 },
      queries: one(`sum(${perSecond(own('admission_requests_total', 'decision="denied"'))})`),
    },
    {
      ...{ title: 'Calls without a decision', type: 'stat', unit: 'reqps', width: 4, colours: badFrom(0.1) },
      says: 'The failurePolicy decides about them.',
      queries: one(`sum(${perSecond(own('rejected_requests_total'))})`),
    },
    {
      ...{ title: 'Policies in force', type: 'stat', width: 4, colours: badFrom(2) },
      says: 'More than one: pods decide by different policies.',
      queries: one(`count(count by (hash) (${own('policy_info')}))`),
    },
    {
      ...{ title: 'Certificate ends in', type: 'stat', unit: 's', width: 4, colours: goodFrom(3600) },
      queries: one(`min(${own('certificate_not_after_timestamp_seconds', 'kind="serving"')}) - time()`),
    },
  ],
};

const verdicts: Row = {
  title: 'Verdicts',
  panels: [
    {
      ...{ title: 'Refusals by rule', unit: 'reqps' },
      queries: one(`sum by (rule) (${perSecond(own('denials_total'))}) > 0`, '{{rule}}'),
    },
    {
      ...{ title: 'Violations by rule and what it leads to', unit: 'reqps' },
      says: 'Exempt objects included: what a rule would refuse while it only warns or audits.',
      queries: one(
        `sum by (rule, enforcement) (${perSecond(own('violations_total'))}) > 0`,
        '{{rule}} {{enforcement}}',
      ),
    },
    {
      ...{ title: 'Reviews by decision', unit: 'reqps' },
      queries: one(
        `sum by (webhook, decision) (${perSecond(own('admission_requests_total'))})`,
        '{{webhook}} {{decision}}',
      ),
    },
    {
      ...{ title: 'Reviews by resource and operation', unit: 'reqps', width: 12 },
      queries: one(
        `sum by (resource, operation) (${perSecond(own('admission_requests_total', 'webhook="validate"'))})`,
        '{{operation}} {{resource}}',
      ),
    },
    {
      ...{ title: 'Services that put something into service', unit: 'reqps', width: 12 },
      says: 'unread: some of it could not be read or judged.',
      queries: one(`sum by (result) (${perSecond(own('wakings_total'))})`, '{{result}}'),
    },
  ],
};

const latency: Row = {
  title: 'Latency',
  panels: [
    {
      ...{ title: 'From the arrival to the answer', unit: 's', width: 12 },
      queries: [0.5, 0.99].map((part) => ({
        expr: quantile(part, own('admission_duration_seconds_bucket'), 'webhook'),
        legend: `{{webhook}} p${part * 100}`,
      })),
    },
    {
      ...{ title: 'Size of reviews', unit: 'bytes', width: 12 },
      queries: [0.5, 0.99].map((part) => ({
        expr: quantile(part, own('request_body_bytes_bucket')),
        legend: `p${part * 100}`,
      })),
    },
  ],
};

const load: Row = {
  title: 'Load',
  panels: [
    { title: 'Reviews in flight', queries: one(own('requests_in_flight'), '{{instance}}') },
    { title: 'Bytes in flight', unit: 'bytes', queries: one(own('in_flight_bytes'), '{{instance}}') },
    { title: 'Connections', queries: one(own('connections'), '{{instance}}') },
    {
      ...{ title: 'Calls without a decision', unit: 'reqps' },
      queries: one(`sum by (reason) (${perSecond(own('rejected_requests_total'))})`, '{{reason}}'),
    },
    {
      ...{ title: 'Connections ended by a limit', unit: 'cps' },
      queries: one(`sum by (reason) (${perSecond(own('dropped_connections_total'))})`, '{{reason}}'),
    },
    {
      ...{ title: 'Failed handshakes and refused clients', unit: 'cps' },
      queries: [
        { expr: `sum by (reason) (${perSecond(own('failed_handshakes_total'))})`, legend: 'handshake {{reason}}' },
        { expr: `sum by (reason) (${perSecond(own('refused_clients_total'))})`, legend: 'certificate {{reason}}' },
      ],
    },
    {
      ...{ title: 'Memory', unit: 'bytes' },
      queries: [
        { expr: own('process_resident_memory_bytes'), legend: '{{instance}}' },
        { expr: own('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap' },
      ],
    },
    {
      ...{ title: 'CPU', unit: 'percentunit' },
      queries: one(perSecond(own('process_cpu_seconds_total')), '{{instance}}'),
    },
    {
      ...{ title: 'Event loop', unit: 's' },
      says: 'How late it was, in 99 of 100 cases: what a small review waits for.',
      queries: one(own('nodejs_eventloop_lag_p99_seconds'), '{{instance}}'),
    },
  ],
};

const certificates: Row = {
  title: 'Certificates and configurations',
  panels: [
    {
      ...{ title: 'Certificates end in', unit: 's' },
      queries: one(`min by (kind) (${own('certificate_not_after_timestamp_seconds')}) - time()`, '{{kind}}'),
    },
    {
      ...{ title: 'New certificates' },
      queries: one(`sum by (result) (increase(${own('certificate_reloads_total')}[$__rate_interval]))`, '{{result}}'),
    },
    {
      ...{ title: 'The caBundle trusts what is served' },
      says: '0: API servers cannot call the webhook.',
      queries: one(`min by (configuration) (${own('ca_bundle_in_sync')})`, '{{configuration}}'),
    },
    {
      ...{ title: 'The configuration exists' },
      says: '0: it was deleted, and what it should send to the webhook is taken.',
      queries: one(`min by (configuration) (${own('configuration_exists')})`, '{{configuration}}'),
    },
    {
      ...{ title: 'The configuration is as rendered' },
      says: '0: somebody has changed what is checked at all; the log names who.',
      queries: one(`min by (configuration) (${own('configuration_as_rendered')})`, '{{configuration}}'),
    },
    {
      ...{ title: 'Changes of configurations by others' },
      queries: one(
        `sum by (configuration) (increase(${own('foreign_changes_total')}[$__rate_interval]))`,
        '{{configuration}}',
      ),
    },
  ],
};

const policy: Row = {
  title: 'Policy',
  panels: [
    {
      ...{ title: 'Policy of each pod', type: 'table', width: 12 },
      queries: one(`max by (instance, hash) (${own('policy_info')})`),
    },
    {
      ...{ title: 'The policy in force is the one in the files', width: 6 },
      queries: one(own('policy_in_sync'), '{{instance}}'),
    },
    {
      ...{ title: 'Policies that were read', width: 6 },
      queries: one(`sum by (result) (increase(${own('policy_reloads_total')}[$__rate_interval]))`, '{{result}}'),
    },
  ],
};

import { own, perSecond, quantile } from './dashboard-queries.ts';
import type { Row } from './dashboard-rows.ts';

/** Only where the policy has to know the cluster. */
export const clusterRow: Row = {
  title: 'State of the cluster',
  panels: [
    {
      title: 'Objects that are known',
      queries: [{ expr: `max by (resource) (${own('followed_objects')})`, legend: '{{resource}}' }],
    },
    {
      title: 'Can be followed',
      says: '0: reviews that need it are held up or refused.',
      queries: [{ expr: `min by (resource) (${own('follow_synced')})`, legend: '{{resource}}' }],
    },
    {
      ...{ title: 'Last heard of', unit: 's' },
      says: 'About a minute where nothing happens.',
      queries: [
        {
          expr: `time() - min by (resource) (${own('follow_last_heard_timestamp_seconds')})`,
          legend: '{{resource}}',
        },
      ],
    },
    {
      title: 'Lists and problems',
      queries: [
        {
          expr: `sum by (resource, reason) (increase(${own('follow_lists_total')}[$__rate_interval]))`,
          legend: '{{resource}} {{reason}}',
        },
        {
          expr: `sum by (resource) (increase(${own('follow_problems_total')}[$__rate_interval]))`,
          legend: '{{resource}} went wrong',
        },
      ],
    },
    {
      ...{ title: 'Reviews that rest on who has an address', unit: 'reqps' },
      queries: [
        { expr: `sum by (result) (${perSecond(own('confirmations_total'))})`, legend: '{{result}}' },
        { expr: `sum by (result) (${perSecond(own('waited_addresses_total'))})`, legend: 'nobody had it: {{result}}' },
      ],
    },
    {
      ...{ title: 'Pods outside the networks of unclaimed-address' },
      says: 'More than 0: the networks in the policy are not all of them.',
      queries: [{ expr: `max(${own('pods_outside_networks')})`, legend: 'pods' }],
    },
  ],
};

export const accessRow: Row = {
  title: 'Questions to the API server',
  panels: [
    {
      ...{ title: 'RBAC exemptions by answer', unit: 'reqps', width: 12 },
      queries: [{ expr: `sum by (result) (${perSecond(own('access_reviews_total'))})`, legend: '{{result}}' }],
    },
    {
      ...{ title: 'How long questions take (p99)', unit: 's', width: 12 },
      queries: [
        { expr: quantile(0.99, own('access_review_duration_seconds_bucket')), legend: 'RBAC exemption' },
        { expr: quantile(0.99, own('confirmation_duration_seconds_bucket')), legend: 'who has an address' },
        { expr: quantile(0.99, own('waking_duration_seconds_bucket')), legend: 'what a Service puts into service' },
      ],
    },
  ],
};

/** Only where the audit runs by itself. All pods show the same. */
export const auditRow: Row = {
  title: 'Audit',
  panels: [
    {
      ...{ title: 'Findings of the last audit', width: 12 },
      says: 'What stands in the cluster, one for each object and rule.',
      queries: [
        { expr: `max by (rule, enforcement) (${own('audit_findings')})`, legend: '{{rule}} {{enforcement}}' },
        { expr: `max(${own('audit_namespaces')})`, legend: 'namespaces with findings' },
      ],
    },
    {
      ...{ title: 'Objects that it looked at', width: 6 },
      queries: [{ expr: `max by (kind) (${own('audit_objects')})`, legend: '{{kind}}' }],
    },
    {
      ...{ title: 'Since the last audit', unit: 's', width: 6 },
      says: 'Since the last one began that could read everything.',
      queries: [{ expr: `time() - max(${own('audit_timestamp_seconds')})`, legend: 'age' }],
    },
  ],
};

/** Our webhooks, as API servers know them. They count for themselves, so that no namespace and job of ours is asked for. */
const ours = 'name=~".+\\\\.endpoints-webhook\\\\.io"';

/** What API servers say of us: also what never arrived. */
export const apiServerRow: Row = {
  title: 'As API servers see it',
  panels: [
    {
      ...{ title: 'Calls by webhook and code', unit: 'reqps' },
      queries: [
        {
          expr: `sum by (name, code) (${perSecond(`apiserver_admission_webhook_request_total{${ours}}`)})`,
          legend: '{{name}} {{code}}',
        },
      ],
    },
    {
      ...{ title: 'What a call adds to a write (p99)', unit: 's' },
      queries: [
        {
          expr: quantile(0.99, `apiserver_admission_webhook_admission_duration_seconds_bucket{${ours}}`, 'name'),
          legend: '{{name}}',
        },
      ],
    },
    {
      ...{ title: 'Refused, failed, and let through unchecked', unit: 'reqps' },
      says: 'no_error: refused by a rule. Others: the call failed, and the write was refused. let through: the call failed, and the write was taken.',
      queries: [
        {
          expr: `sum by (name, error_type) (${perSecond(`apiserver_admission_webhook_rejection_count{${ours}}`)})`,
          legend: '{{name}} {{error_type}}',
        },
        {
          expr: `sum by (name) (${perSecond(`apiserver_admission_webhook_fail_open_count{${ours}}`)})`,
          legend: '{{name}} let through',
        },
      ],
    },
  ],
};

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Decision } from '../admission/response.ts';
import { kindOfResource } from '../kinds/index.ts';
import type { Violation } from '../review/judge.ts';
import type { AccessResult } from './access.ts';
import { type rejections, startAtZero } from './zeros.ts';

export type Webhook = 'validate' | 'mutate';

export type Rejection = (typeof rejections)[number];

/** One answered review, in words of which there are few: no names, namespaces or users. */
export interface Answered {
  readonly webhook: Webhook;
  readonly resource: string;
  readonly operation: string;
  readonly decision: Decision | 'patched';
  readonly dryRun: boolean;
  readonly violations: readonly Violation[];
}

export interface Metrics {
  readonly registry: Registry;
  answered(review: Answered): void;
  rejected(reason: Rejection): void;
  /** `seconds`: what it took, where somebody was asked. */
  accessReview(result: AccessResult, seconds?: number): void;
  /** To be called when a request arrives; what it returns, once when it has been answered. `bytes`: of its body. */
  begin(webhook: Webhook): (bytes: number) => void;
  certificate(kind: 'serving' | 'ca', notAfter: Date): void;
  certificateReloaded(result: 'ok' | 'error'): void;
  caBundle(configuration: string, inSync: boolean): void;
}

const prefix = 'endpoints_webhook_';

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // gauges that call themselves `_total`, and say no more than the ones by type
  for (const what of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${what}_total`);
  const requests = new Counter({
    name: `${prefix}admission_requests_total`,
    help: 'Reviews answered with a verdict, by decision.',
    labelNames: ['webhook', 'resource', 'operation', 'decision', 'dry_run'],
    registers,
  });
  const denials = new Counter({
    name: `${prefix}denials_total`,
    help: 'Denied reviews, by each rule that denied them.',
    labelNames: ['rule'],
    registers,
  });
  const violations = new Counter({
    name: `${prefix}violations_total`,
    help: 'Reviews that violate a rule, by what the rule leads to, exempted ones included.',
    labelNames: ['rule', 'enforcement'],
    registers,
  });
  const rejected = new Counter({
    name: `${prefix}rejected_requests_total`,
    help: 'Calls that could not be judged, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const duration = new Histogram({
    name: `${prefix}admission_duration_seconds`,
    help: 'From the arrival of the header to the answer.',
    labelNames: ['webhook'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const bytes = new Histogram({
    name: `${prefix}request_body_bytes`,
    help: 'The size of request bodies that were read to their end.',
    buckets: [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
    registers,
  });
  const inFlight = new Gauge({
    name: `${prefix}requests_in_flight`,
    help: 'Requests that have arrived and are not answered.',
    registers,
  });
  new Gauge({
    name: `${prefix}build_info`,
    help: 'Always 1; the version is in the label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);

  const accessReviews = new Counter({
    name: `${prefix}access_reviews_total`,
    help: 'Questions whether a requester is exempted, by answer; cached ones were answered from memory.',
    labelNames: ['result'],
    registers,
  });
  const accessReviewDuration = new Histogram({
    name: `${prefix}access_review_duration_seconds`,
    help: 'How long it took to ask the cluster whether a requester is exempted.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
    registers,
  });
  const notAfter = new Gauge({
    name: `${prefix}certificate_not_after_timestamp_seconds`,
    help: 'When the certificate expires that is served, and the self-managed CA that signed it.',
    labelNames: ['kind'],
    registers,
  });
  const reloads = new Counter({
    name: `${prefix}certificate_reloads_total`,
    help: 'New certificates or CAs, and those that could not be used or stored.',
    labelNames: ['result'],
    registers,
  });
  const inSync = new Gauge({
    name: `${prefix}ca_bundle_in_sync`,
    help: 'Whether the caBundle of the configuration trusts the certificate that is served.',
    labelNames: ['configuration'],
    registers,
  });

  startAtZero({ requests, denials, violations, rejected, accessReviews, reloads });
  for (const webhook of ['validate', 'mutate']) duration.zero({ webhook });
  const durations = { validate: duration.labels('validate'), mutate: duration.labels('mutate') };
  const requestCounters = new Map<string, Counter.Internal>();
  return {
    registry,
    answered({ webhook, resource, operation, decision, dryRun, violations: all }) {
      const known = kindOfResource(resource) ? resource : 'other';
      const labels = [webhook, known, operation, decision, String(dryRun)];
      const key = labels.join();
      let counter = requestCounters.get(key);
      if (!counter) {
        counter = requests.labels(...labels);
        requestCounters.set(key, counter);
      }
      counter.inc();
      if (all.length === 0) return;
      const rules = new Map(all.map(({ rule, enforcement }) => [rule.id, enforcement]));
      for (const [rule, enforcement] of rules) {
        violations.inc({ rule, enforcement });
        if (decision === 'denied' && enforcement === 'deny') denials.inc({ rule });
      }
    },
    rejected: (reason) => rejected.inc({ reason }),
    accessReview(result, seconds) {
      accessReviews.inc({ result });
      if (seconds !== undefined) accessReviewDuration.observe(seconds);
    },
    begin(webhook) {
      const stop = durations[webhook].startTimer();
      inFlight.inc();
      return (size) => {
        stop();
        inFlight.dec();
        if (size > 0) bytes.observe(size);
      };
    },
    certificate: (kind, date) => notAfter.set({ kind }, date.getTime() / 1000),
    certificateReloaded: (result) => reloads.inc({ result }),
    caBundle: (configuration, trusted) => inSync.set({ configuration }, trusted ? 1 : 0),
  };
}

import type { Counter, Registry } from 'prom-client';
import type { Webhook } from '../admission/outcome.ts';
import type { Decision, ViolatedRule } from '../admission/response.ts';
import { kindOfResource } from '../kinds/index.ts';
import type { AccessResult } from './access.ts';
import type { Drop } from './connection-table.ts';
import type { HandshakeFailure } from './handshake-failure.ts';
import { addLoadSeries, createSeries, type Series } from './series.ts';
import { type clientRefusals, type rejections, startAtZero } from './zeros.ts';

export type Rejection = (typeof rejections)[number];

export type ClientRefusal = (typeof clientRefusals)[number];

/** One answered review, without names, namespaces and users: there would be a series for each. */
export interface ReviewOutcome {
  readonly webhook: Webhook;
  readonly resource: string;
  readonly operation: string;
  readonly decision: Decision | 'patched';
  readonly dryRun: boolean;
  readonly rules: readonly ViolatedRule[];
}

export interface Metrics {
  readonly registry: Registry;
  /** `hash`: the digest of the policy that is in force from now on. */
  setPolicy(hash: string): void;
  /** Whether it is the one in the policy files. */
  setPolicyInSync(inSync: boolean): void;
  countPolicyReload(result: 'ok' | 'error'): void;
  countReview(outcome: ReviewOutcome): void;
  countRejection(reason: Rejection): void;
  countRefusedClient(reason: ClientRefusal): void;
  countDroppedConnection(reason: Drop): void;
  countFailedHandshake(reason: HandshakeFailure): void;
  /** From now on both are read whenever the metrics are. */
  showLoad(connections: () => number, inFlightBytes: () => number): void;
  /** `seconds`: how long the API server took, where it was asked. */
  countAccessReview(result: AccessResult, seconds?: number): void;
  /** Call it when a request arrives, and what it returns once the request is answered. `bytes`: of its body. */
  startRequest(webhook: Webhook): (bytes: number) => void;
  setCertificateExpiry(kind: 'serving' | 'ca', notAfter: Date): void;
  countCertificateReload(result: 'ok' | 'error'): void;
  setCaBundleInSync(configuration: string, inSync: boolean): void;
  setExists(configuration: string, exists: boolean): void;
  setAsRendered(configuration: string, asRendered: boolean): void;
  countForeignChange(configuration: string): void;
}

export function createMetrics(version: string): Metrics {
  const series = createSeries(version);
  startAtZero(series);
  return {
    registry: series.registry,
    setPolicy(hash) {
      series.policyInfo.reset();
      series.policyInfo.set({ hash }, 1);
    },
    setPolicyInSync: (inSync) => series.policyInSync.set(inSync ? 1 : 0),
    countPolicyReload: (result) => series.policyReloads.inc({ result }),
    countReview: createReviewCounter(series),
    countRejection: (reason) => series.rejected.inc({ reason }),
    countRefusedClient: (reason) => series.refusedClients.inc({ reason }),
    countDroppedConnection: (reason) => series.dropped.inc({ reason }),
    countFailedHandshake: (reason) => series.failedHandshakes.inc({ reason }),
    showLoad: (connections, inFlightBytes) => addLoadSeries(series.registry, connections, inFlightBytes),
    countAccessReview(result, seconds) {
      series.accessReviews.inc({ result });
      if (seconds !== undefined) series.accessReviewDuration.observe(seconds);
    },
    startRequest: createRequestTimer(series),
    setCertificateExpiry: (kind, date) => series.notAfter.set({ kind }, date.getTime() / 1000),
    countCertificateReload: (result) => series.reloads.inc({ result }),
    setCaBundleInSync: (configuration, inSync) => series.inSync.set({ configuration }, inSync ? 1 : 0),
    setExists: (configuration, exists) => series.exists.set({ configuration }, exists ? 1 : 0),
    setAsRendered(configuration, asRendered) {
      series.asRendered.set({ configuration }, asRendered ? 1 : 0);
      series.foreignChanges.inc({ configuration }, 0);
    },
    countForeignChange: (configuration) => series.foreignChanges.inc({ configuration }),
  };
}

/** Keeps the counter of each combination of labels: prom-client takes longer to find it than to count. */
function createReviewCounter({ requests, denials, violations }: Series): Metrics['countReview'] {
  const counters = new Map<string, Counter.Internal>();
  return ({ webhook, resource, operation, decision, dryRun, rules }) => {
    const known = kindOfResource(resource) ? resource : 'other';
    const labels = [webhook, known, operation, decision, String(dryRun)];
    const key = labels.join();
    let counter = counters.get(key);
    if (!counter) {
      counter = requests.labels(...labels);
      counters.set(key, counter);
    }
    counter.inc();
    for (const { id: rule, enforcement } of rules) {
      violations.inc({ rule, enforcement });
      if (decision === 'denied' && enforcement === 'deny') denials.inc({ rule });
    }
  };
}

function createRequestTimer({ duration, inFlight, bytes }: Series): Metrics['startRequest'] {
  for (const webhook of ['validate', 'mutate']) duration.zero({ webhook });
  const durations = { validate: duration.labels('validate'), mutate: duration.labels('mutate') };
  return (webhook) => {
    const began = performance.now();
    inFlight.requests++;
    return (size) => {
      durations[webhook].observe((performance.now() - began) / 1000);
      inFlight.requests--;
      if (size > 0) bytes.observe(size);
    };
  };
}

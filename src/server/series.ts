import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Of the names of all metrics of our own. */
export const prefix = 'endpoints_webhook_';

/** Everything that /metrics shows, in a registry of its own. */
export function createSeries(version: string) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // gauges that call themselves `_total`, and say no more than the ones by type
  for (const what of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${what}_total`);
  createGauge(registry, 'build_info', 'Always 1; the version is in the label.', 'version').set({ version }, 1);
  return {
    registry,
    ...createPolicySeries(registry),
    ...createReviewSeries(registry),
    ...createRequestSeries(registry),
    ...createConnectionSeries(registry),
    ...createAccessSeries(registry),
    ...createCertificateSeries(registry),
  };
}

export type Series = ReturnType<typeof createSeries>;

/** By what it is decided. */
function createPolicySeries(registry: Registry) {
  return {
    policyInfo: createGauge(
      registry,
      'policy_info',
      'Always 1; the SHA-256 of the policy in force, with every default written, is in the label.',
      'hash',
    ),
    policyInSync: createGauge(
      registry,
      'policy_in_sync',
      'Whether the policy in force is the one in the policy files.',
    ),
    policyReloads: createCounter(
      registry,
      'policy_reloads_total',
      'Policies read after the start, and those that were not valid or could not be used.',
      'result',
    ),
  };
}

/** What was decided. */
function createReviewSeries(registry: Registry) {
  return {
    requests: createCounter(
      registry,
      'admission_requests_total',
      'Reviews answered with a verdict, by decision.',
      ...['webhook', 'resource', 'operation', 'decision', 'dry_run'],
    ),
    denials: createCounter(registry, 'denials_total', 'Denied reviews, by each rule that denied them.', 'rule'),
    violations: createCounter(
      registry,
      'violations_total',
      'Reviews that violate a rule, by what the rule leads to, exempt ones included.',
      ...['rule', 'enforcement'],
    ),
  };
}

/** What came in. */
function createRequestSeries(registry: Registry) {
  return {
    rejected: createCounter(
      registry,
      'rejected_requests_total',
      'Calls that could not be judged, by reason.',
      'reason',
    ),
    duration: new Histogram({
      name: `${prefix}admission_duration_seconds`,
      help: 'From the arrival of the header to the answer.',
      labelNames: ['webhook'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
    bytes: new Histogram({
      name: `${prefix}request_body_bytes`,
      help: 'The size of request bodies that were read to their end.',
      buckets: [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
      registers: [registry],
    }),
    refusedClients: createCounter(
      registry,
      'refused_clients_total',
      'Connections refused for want of a client certificate that is accepted, by reason.',
      'reason',
    ),
    inFlight: createRequestsInFlight(registry),
  };
}

/** Counted here, and shown whenever the metrics are read: to tell prom-client costs a request as much as one of the rules. */
function createRequestsInFlight(registry: Registry): { requests: number } {
  const inFlight = { requests: 0 };
  addReadGauge(
    registry,
    'requests_in_flight',
    'Requests that have arrived and are not answered.',
    () => inFlight.requests,
  );
  return inFlight;
}

/** Whom it could not serve. */
function createConnectionSeries(registry: Registry) {
  return {
    dropped: createCounter(
      registry,
      'dropped_connections_total',
      'Connections that the server ended because of its limits, by reason.',
      'reason',
    ),
    failedHandshakes: createCounter(
      registry,
      'failed_handshakes_total',
      'TLS handshakes that failed, by reason.',
      'reason',
    ),
  };
}

/** What is read from elsewhere whenever the metrics are read. */
export function addLoadSeries(registry: Registry, connections: () => number, inFlightBytes: () => number): void {
  addReadGauge(registry, 'connections', 'Connections to the webhooks.', connections);
  addReadGauge(registry, 'in_flight_bytes', 'Bytes of bodies and answers that are held in memory.', inFlightBytes);
}

/** Whether all is right that has to be. */
export function addReadinessSeries(registry: Registry, isReady: () => boolean): void {
  addReadGauge(registry, 'ready', 'Whether /readyz answers 200.', () => (isReady() ? 1 : 0));
}

function addReadGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const collect = () => gauge.set(read());
  const gauge: Gauge = new Gauge({ name: `${prefix}${name}`, help, registers: [registry], collect });
}

/** What the API server was asked about requesters. */
function createAccessSeries(registry: Registry) {
  return {
    accessReviews: createCounter(
      registry,
      'access_reviews_total',
      'Questions whether RBAC exempts a requester, by answer; cached ones were answered from memory.',
      'result',
    ),
    accessReviewDuration: new Histogram({
      name: `${prefix}access_review_duration_seconds`,
      help: 'How long it took to ask the API server whether RBAC exempts a requester.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
      registers: [registry],
    }),
  };
}

function createCertificateSeries(registry: Registry) {
  return {
    notAfter: createGauge(
      registry,
      'certificate_not_after_timestamp_seconds',
      'When the certificate expires that is served, and the self-managed CA that signed it.',
      'kind',
    ),
    reloads: createCounter(
      registry,
      'certificate_reloads_total',
      'New certificates or CAs, and those that could not be used or stored.',
      'result',
    ),
    inSync: createGauge(
      registry,
      'ca_bundle_in_sync',
      'Whether the caBundle of the configuration trusts the certificate that is served.',
      'configuration',
    ),
    exists: createGauge(
      registry,
      'configuration_exists',
      'Whether the configuration was there when it was last read.',
      'configuration',
    ),
    asRendered: createGauge(
      registry,
      'configuration_as_rendered',
      'Whether the configuration could be read, and is as the chart rendered it.',
      'configuration',
    ),
    foreignChanges: createCounter(
      registry,
      'foreign_changes_total',
      'Changes of the configuration by somebody else.',
      'configuration',
    ),
  };
}

function createCounter(registry: Registry, name: string, help: string, ...labelNames: string[]): Counter {
  return new Counter({ name: `${prefix}${name}`, help, labelNames, registers: [registry] });
}

function createGauge(registry: Registry, name: string, help: string, ...labelNames: string[]): Gauge {
  return new Gauge({ name: `${prefix}${name}`, help, labelNames, registers: [registry] });
}

// What Prometheus sees while all is well, and each thing that happens. Times are minutes; it happens at `event`.

export const event = 60;
const end = 100;

/** The samples of a series, one a minute: `_` is none, `stale` says that the target is gone. */
type Sample = number | '_' | 'stale';
export type Series = Readonly<Record<string, readonly Sample[]>>;

export interface AlertCase {
  readonly what: string;
  /** Series that are not as while all is well, or not there then. */
  readonly series: Series;
  /** What fires, and how many minutes after the event; nothing else does until the last of them. */
  readonly fires: Readonly<Record<string, number>>;
}

const always = (value: number): readonly Sample[] => steps(value, value);
const rising = (by: number): readonly Sample[] => Array.from({ length: end }, (_, minute) => minute * by);

function steps(before: Sample, after: Sample): readonly Sample[] {
  return Array.from({ length: end }, (_, minute) => (minute < event ? before : after));
}

/** That of a target that goes: the series ends at once. */
const ends = (before: number): readonly Sample[] =>
  Array.from({ length: end }, (_, minute) => (minute < event ? before : minute === event ? 'stale' : '_'));

/** A series of one of our two pods, as the chart's ServiceMonitor labels it. */
const of = (pod: string, name: string, labels = '') =>
  `endpoints_webhook_${name}{namespace="somewhere",job="release",pod="${pod}",instance="${pod}:8080"${labels && `,${labels}`}}`;

const apiServer = (name: string, labels: string) =>
  `apiserver_admission_webhook_${name}{job="apiserver",instance="10.0.0.1:6443",${labels}}`;
const failOpen = (name: string, type = 'validating') =>
  apiServer('fail_open_count', `name="${name}.endpoints-webhook.io",type="${type}"`);
const rejections = (name: string, error: string) =>
  apiServer(
    'rejection_count',
    `error_type="${error}",name="${name}",operation="CREATE",rejection_code="0",type="validating"`,
  );

const configuration = 'configuration="validating/release-endpoints-webhook-endpoints"';
const far = 1e9;

const pod = (name: string): Series => ({
  [of(name, 'ready')]: always(1),
  [of(name, 'denials_total', 'rule="port-range"')]: always(7),
  [of(name, 'certificate_not_after_timestamp_seconds', 'kind="serving"')]: always(far),
  [of(name, 'certificate_not_after_timestamp_seconds', 'kind="ca"')]: always(far),
  [of(name, 'ca_bundle_in_sync', configuration)]: always(1),
  [of(name, 'configuration_exists', configuration)]: always(1),
  [of(name, 'configuration_as_rendered', configuration)]: always(1),
  [of(name, 'foreign_changes_total', configuration)]: always(0),
  [of(name, 'policy_info', 'hash="old"')]: always(1),
  [of(name, 'policy_in_sync')]: always(1),
  [of(name, 'follow_synced', 'resource="pods"')]: always(1),
  [of(name, 'access_reviews_total', 'result="unanswered"')]: always(0),
  [of(name, 'access_reviews_total', 'result="allowed"')]: rising(1),
  [of(name, 'rejected_requests_total', 'reason="overloaded"')]: always(0),
  [of(name, 'rejected_requests_total', 'reason="bad-request"')]: rising(1),
  [of(name, 'dropped_connections_total', 'reason="limit"')]: always(0),
  [of(name, 'dropped_connections_total', 'reason="no-request"')]: rising(1),
  [of(name, 'audit_timestamp_seconds')]: rising(60),
});

const another = (name: string) => name.replace('namespace="somewhere"', 'namespace="elsewhere"');

/** While all is well: other webhooks fail, ours refuses now and then, and another release is in a bad way. */
export const healthy: Series = {
  ...pod('a'),
  ...pod('b'),
  [failOpen('endpoints.validate')]: always(3),
  [apiServer('fail_open_count', 'name="pods.example.com",type="validating"')]: rising(1),
  [rejections('endpoints.validate.endpoints-webhook.io', 'no_error')]: rising(1),
  [rejections('pods.example.com', 'calling_webhook_error')]: rising(1),
  [another(of('c', 'ca_bundle_in_sync', configuration))]: always(0),
  [another(of('c', 'policy_in_sync'))]: always(0),
  [another(of('c', 'policy_info', 'hash="another"'))]: always(1),
  [another(of('c', 'denials_total', 'rule="port-range"'))]: rising(20),
  [another(of('c', 'audit_timestamp_seconds'))]: always(-far),
};

/** Of the chart's default values: a certificate has 14 hours left, and the CA 60 days and 20 hours. */
const expires = (kind: string, seconds: number): Series => ({
  [of('a', 'certificate_not_after_timestamp_seconds', `kind="${kind}"`)]: always(event * 60 + seconds),
});

export const cases: readonly AlertCase[] = [
  { what: 'all is well', series: {}, fires: {} },
  {
    what: 'no pod is ready',
    series: { [of('a', 'ready')]: steps(1, 0), [of('b', 'ready')]: steps(1, 0) },
    fires: { EndpointsWebhookDown: 2, EndpointsWebhookPodsMissing: 15 },
  },
  {
    what: 'no pod is there',
    series: { [of('a', 'ready')]: ends(1), [of('b', 'ready')]: ends(1) },
    fires: { EndpointsWebhookDown: 2, EndpointsWebhookPodsMissing: 15 },
  },
  { what: 'one pod is gone', series: { [of('b', 'ready')]: ends(1) }, fires: { EndpointsWebhookPodsMissing: 15 } },
  {
    what: 'the first write that is taken unchecked begins a series',
    series: { [failOpen('services.validate')]: steps('_', 1) },
    fires: { EndpointsWebhookNotGuarding: 0 },
  },
  {
    what: 'another write is taken unchecked',
    series: { [failOpen('endpoints.validate')]: steps(3, 4) },
    fires: { EndpointsWebhookNotGuarding: 0 },
  },
  {
    what: 'defaults are not filled in',
    series: { [failOpen('endpoints.mutate', 'admit')]: steps('_', 1) },
    fires: { EndpointsWebhookFailedOpen: 0 },
  },
  {
    what: 'what a Service with a selector puts into service is not judged',
    series: { [failOpen('adopting.services.validate')]: steps('_', 1) },
    fires: { EndpointsWebhookFailedOpen: 0 },
  },
  {
    what: 'the first write that is refused for want of an answer begins a series',
    series: { [rejections('endpoints.validate.endpoints-webhook.io', 'calling_webhook_error')]: steps('_', 1) },
    fires: { EndpointsWebhookCallsFailing: 0 },
  },
  {
    what: 'a rule refuses eleven writes at once',
    series: { [of('a', 'denials_total', 'rule="port-range"')]: steps(7, 18) },
    fires: { EndpointsWebhookRefusals: 0 },
  },
  {
    what: 'a new pod has refused eleven before it is scraped first',
    series: { [of('d', 'denials_total', 'rule="protocol"')]: steps('_', 11) },
    fires: { EndpointsWebhookRefusals: 0 },
  },
  {
    what: 'a rule refuses no more than it did on the day before',
    series: {
      [of('a', 'denials_total', 'rule="protocol"')]: steps(3000, 3011).map((count, i) => (i < 10 ? 0 : count)),
    },
    fires: {},
  },
  {
    what: 'the certificate is about to expire',
    series: expires('serving', 50_400),
    fires: { EndpointsWebhookCertificateExpiring: 16 },
  },
  { what: 'the CA is about to expire', series: expires('ca', 5_256_000), fires: { EndpointsWebhookCAExpiring: 16 } },
  {
    what: 'a caBundle does not trust a pod',
    series: { [of('b', 'ca_bundle_in_sync', configuration)]: steps(1, 0) },
    fires: { EndpointsWebhookCABundleOutOfSync: 2 },
  },
  {
    what: 'a configuration is deleted',
    series: {
      [of('a', 'configuration_exists', configuration)]: steps(1, 0),
      [of('a', 'configuration_as_rendered', configuration)]: steps(1, 0),
      [of('a', 'foreign_changes_total', configuration)]: steps(0, 1),
    },
    fires: { EndpointsWebhookConfigurationMissing: 1, EndpointsWebhookConfigurationChanged: 1 },
  },
  {
    what: 'a configuration is changed',
    series: { [of('a', 'configuration_as_rendered', configuration)]: steps(1, 0) },
    fires: { EndpointsWebhookConfigurationChanged: 1 },
  },
  {
    what: 'a configuration is changed and changed back between two scrapes',
    series: { [of('a', 'foreign_changes_total', configuration)]: steps(0, 1) },
    fires: { EndpointsWebhookConfigurationChanged: 1 },
  },
  {
    what: 'one of two pods has another policy',
    series: {
      [of('b', 'policy_info', 'hash="old"')]: ends(1),
      [of('b', 'policy_info', 'hash="new"')]: steps('_', 1),
    },
    fires: { EndpointsWebhookPoliciesDiffer: 15 },
  },
  {
    what: 'the policy in the files is not valid',
    series: { [of('a', 'policy_in_sync')]: steps(1, 0) },
    fires: { EndpointsWebhookPolicyInvalid: 5 },
  },
  {
    what: 'pods are not followed any more',
    series: { [of('a', 'follow_synced', 'resource="pods"')]: steps(1, 0) },
    fires: { EndpointsWebhookClusterStateStale: 2 },
  },
  {
    what: 'an API server does not say who may',
    series: { [of('a', 'access_reviews_total', 'result="unanswered"')]: steps(0, 1) },
    fires: { EndpointsWebhookAccessReviewsUnanswered: 0 },
  },
  {
    what: 'there is no memory left for a review',
    series: { [of('a', 'rejected_requests_total', 'reason="overloaded"')]: steps(0, 1) },
    fires: { EndpointsWebhookOverloaded: 0 },
  },
  {
    what: 'there are no connections left',
    series: { [of('b', 'dropped_connections_total', 'reason="limit"')]: steps(0, 1) },
    fires: { EndpointsWebhookOverloaded: 0 },
  },
  {
    what: 'no audit runs by itself',
    series: {
      [of('a', 'audit_timestamp_seconds')]: steps('_', '_'),
      [of('b', 'audit_timestamp_seconds')]: steps('_', '_'),
    },
    fires: {},
  },
  {
    what: 'the last audit began two hours ago, as far as the pods know',
    series: {
      [of('a', 'audit_timestamp_seconds')]: always(event * 60 - 7200),
      [of('b', 'audit_timestamp_seconds')]: always(event * 60 - 7300),
    },
    fires: { EndpointsWebhookAuditStale: 16 },
  },
];

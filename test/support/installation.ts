import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { createDenial } from '../../src/admission/denial.ts';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { kindOfResource } from '../../src/kinds/index.ts';
import { parsePolicyTexts } from '../../src/manifests/policy-file.ts';
import { review } from '../../src/review/review.ts';
import { startFakeCluster } from './fake-cluster.ts';
import { sendJson, statusOf } from './fake-request.ts';

// A running installation, as an API server shows it: what the chart creates, pods that answer, and a webhook that judges.

type Json = Readonly<Record<string, unknown>>;

const admission = '/apis/admissionregistration.k8s.io/v1';
export const collections = {
  validating: `${admission}/validatingwebhookconfigurations`,
  mutating: `${admission}/mutatingwebhookconfigurations`,
  policies: `${admission}/validatingadmissionpolicies`,
  bindings: `${admission}/validatingadmissionpolicybindings`,
  configMaps: '/api/v1/configmaps',
  services: '/api/v1/services',
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  deployments: '/apis/apps/v1/deployments',
} as const;

export const home = 'endpoints-webhook';
const name = 'endpoints-webhook';
const selector = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/component': 'webhook' };
/** What the pods serve, and what the `caBundle` of each configuration trusts. */
export const keyPair = await issueSelfSigned(new Date());
const caBundle = Buffer.from(keyPair.certificate).toString('base64');

const rule = (resource: string) => ({
  ...{ apiGroups: [resource === 'endpointslices' ? 'discovery.k8s.io' : ''], apiVersions: ['v1'] },
  ...{ operations: ['CREATE', 'UPDATE'], resources: [resource], scope: 'Namespaced' },
});

export function webhookOf(resource: string, kind = 'validate') {
  return {
    name: `${resource}.${kind}.endpoints-webhook.io`,
    clientConfig: { service: { name, namespace: home, path: `/${kind}`, port: 443 } },
    ...{ failurePolicy: 'Fail', matchPolicy: 'Equivalent', sideEffects: 'None', timeoutSeconds: 5 },
    rules: [rule(resource)],
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [home, 'kube-system'] }],
    },
    matchConditions: [{ name: 'exclude', expression: 'true' }],
  };
}

export type InstalledWebhook = ReturnType<typeof webhookOf> & { clientConfig: Json };

/** `change`: what somebody has made of the webhooks since. */
export function configurationOf(
  resource: string,
  kind = 'validate',
  change = (webhook: InstalledWebhook): Json => webhook,
) {
  const rendered = JSON.stringify([webhookOf(resource, kind)]);
  const live = webhookOf(resource, kind);
  return {
    metadata: {
      name: `${name}-${resource}`,
      annotations: { 'endpoints-webhook.io/rendered': rendered },
      managedFields: [{ manager: 'helm' }, { manager: 'kubectl-edit' }],
    },
    webhooks: [change({ ...live, clientConfig: { ...live.clientConfig, caBundle } })],
  };
}

export function podOf(pod: string, ready = true) {
  return {
    metadata: { name: pod, namespace: home, labels: selector },
    status: {
      ...{ phase: 'Running', podIP: '127.0.0.1' },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const isStatus = (status: Json) => ({ kind: 'Status', ...status });

/** What a test changes. */
export interface InstallationOptions {
  readonly policy?: Json;
  readonly services?: boolean;
  readonly more?: Json;
}

export type FakeInstallation = Awaited<ReturnType<typeof startInstallation>>;

export async function startInstallation({ policy = {}, services = true, more = {} }: InstallationOptions = {}) {
  const cluster = await startFakeCluster();
  const text = stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...policy });
  const parsed = parsePolicyTexts([{ file: 'policy', text }]);
  const resources = ['endpoints', 'endpointslices', ...(services ? ['services'] : [])];
  const digests = [
    ...resources.map((resource) => [`validating/${name}-${resource}`, digestOf(JSON.stringify([webhookOf(resource)]))]),
    [`mutating/${name}-endpoints`, digestOf(JSON.stringify([webhookOf('endpoints', 'mutate')]))],
  ];
  const written = {
    ...{ version: '0.1.0', deployment: name, selector, ports: { https: 8443, operations: 8080 } },
    ...{ servingName: 'localhost', service: { name, port: 443 }, configurations: Object.fromEntries(digests) },
    policies: [{ configMap: `${name}-policy`, key: 'policy.yaml', sha256: digestOf(text.trimEnd()) }],
    ...{ extraServiceLabels: [], exemptPrefixes: ['openshift-'], exemptUsers: ['system:apiserver'] },
    admissionPolicies: { [`${name}-endpoints-deny`]: parsed.digest, [`${name}-own-account`]: '' },
    ...more,
  };
  const put = (collection: keyof typeof collections, object: object) => cluster.put(collections[collection], object);
  const configMap = (suffix: string, data: Json) =>
    put('configMaps', { metadata: { name: `${name}-${suffix}`, namespace: home }, data });
  configMap('installation', { 'installation.json': JSON.stringify(written) });
  configMap('policy', { 'policy.yaml': text });
  for (const resource of resources) put('validating', configurationOf(resource));
  put('mutating', configurationOf('endpoints', 'mutate'));
  put('services', { metadata: { name, namespace: home }, spec: { selector, ports: [{ port: 443 }] } });
  put('deployments', { metadata: { name, namespace: home }, spec: { replicas: 2 } });
  put('namespaces', { metadata: { name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } } });
  for (const pod of ['a', 'b']) put('pods', podOf(pod));
  for (const [policyName, digest] of Object.entries(written.admissionPolicies)) {
    const annotations = { 'endpoints-webhook.io/policy-digest': digest };
    put('policies', { metadata: { name: policyName, annotations }, spec: { failurePolicy: 'Fail' } });
    put('bindings', { metadata: { name: policyName }, spec: { policyName, validationActions: ['Deny'] } });
  }

  const installation = {
    cluster,
    digest: parsed.digest,
    put,
    configMap,
    remove: (collection: keyof typeof collections, key: string) => cluster.remove(collections[collection], key),
    /** Paths of writes that were tried, and who tried them. */
    writes: [] as { readonly path: string; readonly as: unknown; readonly object: Json }[],
    /** Who asks, and whether the restricted subresources are theirs. */
    user: 'admin',
    groups: [] as readonly string[],
    restricted: false,
    /** Instead of the webhook's answer to a write: a message, or that it is taken. */
    answerWrite: (_resource: string, _isForbidden: boolean): undefined | 'taken' | { code: number; message: string } =>
      undefined,
    /** The text of a pod's path: its metrics and readiness. */
    podText: (_pod: string, path: string): string =>
      path === '/metrics'
        ? `endpoints_webhook_build_info{version="0.1.0"} 1\nendpoints_webhook_policy_info{hash="${parsed.digest}"} 1\n`
        : '[+]policy ok\nok\n',
    close: () => cluster.close(),
  };

  cluster.answerOthers = (request, response, body) => {
    const { collection, method, url, headers } = request;
    const [, pod, path = ''] =
      /^\/api\/v1\/namespaces\/endpoints-webhook\/pods\/([a-z]+):8080\/proxy(\/.*)$/.exec(url) ?? [];
    if (pod !== undefined) {
      response
        .writeHead(200, { 'Content-Type': 'text/plain' })
        .end(installation.podText(pod, path.split('?')[0] ?? ''));
      return true;
    }
    if (method !== 'POST') return false;
    const object: Json = JSON.parse(body);
    const user = headers['impersonate-user'] ?? installation.user;
    if (collection.endsWith('/selfsubjectreviews')) {
      sendJson(response, 201, { status: { userInfo: { username: user, groups: installation.groups } } });
      return true;
    }
    if (collection.endsWith('/selfsubjectaccessreviews')) {
      sendJson(response, 201, { status: { allowed: installation.restricted } });
      return true;
    }
    const resource = collection.slice(collection.lastIndexOf('/') + 1);
    const kind = kindOfResource(resource === 'endpointslices' ? 'endpointslices.discovery.k8s.io' : resource)?.kind;
    if (kind === undefined || request.query.get('dryRun') !== 'All') return false;
    installation.writes.push({ path: url, as: headers['impersonate-user'], object });
    const requester = { user: String(user), groups: installation.groups };
    const namespace = request.namespace ?? '';
    const { allowed, violations } = review(parsed, { kind, operation: 'CREATE', namespace, requester, object });
    const answer = installation.answerWrite(resource, !allowed);
    if (answer === 'taken' || (allowed && answer === undefined)) sendJson(response, 201, object);
    else if (answer) sendJson(response, answer.code, isStatus(statusOf(answer.code, answer.message)));
    else {
      const denied = violations.filter(({ enforcement }) => enforcement === 'deny');
      const { message } = createDenial(denied, 'x', kind);
      const text = `admission webhook "${resource}.validate.endpoints-webhook.io" denied the request: ${message}`;
      sendJson(response, 422, statusOf(422, text));
    }
    return true;
  };
  return installation;
}

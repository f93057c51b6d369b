import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { clusterNeeds } from '../../src/policy/cluster-needs.ts';
import { type Policy, parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { mayExemptByRbac } from '../../src/policy/rbac-exemption.ts';
import { review } from '../../src/review/review.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';
import { createClusterStore } from '../../src/state/cluster-store.ts';
import { policies as targets } from './decided-policies.ts';
import { ownedPolicies } from './owned-policies.ts';
import { cluster, tenantObjects } from './tenant-objects.ts';

// `decisions.ts <helm>`: whether what the chart decides of a policy is what the program does under it: whether it may ask API servers
// who may do what, what of the cluster it may follow, whether it would hold tenants back, and which digest it has.

const [, , helm = 'helm'] = process.argv;
const policies = { ...targets, ...ownedPolicies };
const differences: string[] = [];
const counts = { asks: 0, silent: 0, follows: 0, alone: 0, open: 0, closed: 0 };

for (const [what, settings] of Object.entries(policies)) {
  const policy = read(what, settings);
  const { roles, printed } = objectsOf({
    policy: settings,
    webhooks: { validating: { resources: { services: true } } },
  });
  if (printed !== policy.digest) differences.push(`${what}: the chart computes the digest ${printed}`);
  const asks = roles.some(({ metadata }) => metadata.name.endsWith('-access-reviews'));
  counts[asks ? 'asks' : 'silent']++;
  if (asks !== mayExemptByRbac(policy))
    differences.push(`${what}: the chart ${asks ? 'lets' : 'does not let'} pods ask API servers who may do what`);
  const follows = roles
    .flatMap(({ metadata, rules }) => (metadata.name.endsWith('-cluster-state') ? rules : []))
    .flatMap(({ resources }) => resources);
  counts[follows.length > 0 ? 'follows' : 'alone']++;
  if (`${follows.sort()}` !== `${[...clusterNeeds(policy)].sort()}`)
    differences.push(`${what}: the chart lets pods follow ${follows.join(', ') || 'nothing'}`);
  const open = takes({ policy: settings, tenantAccess: { enabled: true } });
  counts[open ? 'open' : 'closed']++;
  if (open !== holdsTenantsBack(policy))
    differences.push(`${what}: the chart ${open ? 'takes' : 'refuses'} tenantAccess.enabled=true`);
}
if (differences.length > 0) console.error(differences.join('\n'));
console.log(
  `${helm} and the program decide alike of ${Object.keys(policies).length} policies: ${JSON.stringify(counts)}`,
);
process.exitCode = differences.length > 0 || Object.values(counts).includes(0) ? 1 : 0;

function read(what: string, settings: object): Policy {
  const { policy, findings } = parsePolicy({
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    ...settings,
  });
  if (!policy) throw new Error(`${what}: ${findings.map(policyFindingText).join('; ')}`);
  return policy;
}

function template(values: object) {
  const flags = [
    'template',
    'release',
    'charts/endpoints-webhook',
    '--namespace',
    'guard',
    '--kube-version',
    '1.37',
    '--values',
    '-',
  ];
  return spawnSync(helm, flags, { input: JSON.stringify(values), encoding: 'utf8' });
}

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly resources: readonly string[] }[];
}

/** The roles, and the digest of the policy. */
function objectsOf(values: object) {
  const { status, stdout, stderr } = template(values);
  if (status !== 0) throw new Error(stderr);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS());
  const roles: readonly Role[] = objects.filter((one) => one?.kind === 'ClusterRole' || one?.kind === 'Role');
  const policy = objects.find((one) => one?.data?.['policy.yaml'] !== undefined);
  return { roles, printed: policy?.metadata.annotations['endpoints-webhook.io/policy-digest'] };
}

function takes(values: object): boolean {
  const { status, stderr } = template(values);
  if (status !== 0 && !stderr.includes('- tenantAccess.enabled: ')) throw new Error(stderr);
  return status === 0;
}

/**
 * Whether some account, somebody who is logged in and somebody who is not are denied each of them where the policy says nothing by name,
 * and where the cluster is known as well as where it is not.
 */
function holdsTenantsBack(policy: Policy): boolean {
  const namespace = 'any-tenant';
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const requesters = [
    { user: `system:serviceaccount:${namespace}:default`, groups },
    { user: 'somebody', groups: ['system:authenticated'] },
    { user: 'system:anonymous', groups: ['system:unauthenticated'] },
  ];
  const clusters = [clusterOf(cluster), createClusterStore().state];
  const isDenied = (object: (typeof tenantObjects)[number]) =>
    requesters.every((requester) => {
      const asked = { kind: object.kind, operation: 'CREATE', namespace, requester, object } as const;
      return clusters.every((state) => !review(policy, asked, () => state).allowed);
    });
  return tenantObjects.every(isDenied);
}

import { inject } from 'vitest';
import type { EndpointKind, Kind } from '../../../src/endpoints/view.ts';
import { kinds as definitions, endpointKinds } from '../../../src/kinds/index.ts';
import type { As } from './api.ts';
import { readEnvironment } from './environment.ts';

/** The two kinds that list addresses. */
export const kinds: readonly EndpointKind[] = endpointKinds.map(({ kind }) => kind);

/** Someone who may write Endpoints, EndpointSlices and Services in his namespaces, and nothing else. */
export const tenant: As = { user: 'tenant', groups: ['tenants'] };

/** Someone who may write what API servers are reached by, in `default`, and is no member of `system:masters`. */
export const keeper: As = { user: 'keeper', groups: ['keepers', 'system:masters-of-nothing'] };

/** Who writes what API servers are reached by on distributions where they do not do it themselves (docs/default-kubernetes.md). */
export const keepers: readonly As[] = [
  { user: 'kubernetes-admin', groups: ['system:masters'] }, // k0s
  { user: 'system:admin', groups: ['system:masters'] }, // K3k
  { user: 'kubernetes-super-admin', groups: ['system:masters'] }, // vCluster
  { user: 'system:hosted-cluster-config', groups: ['kubernetes'] }, // HyperShift
];

/** The label that all namespaces of one run carry. */
export const runLabel = 'endpoints-webhook-e2e';

export function release() {
  const { release: name } = readEnvironment();
  return { name, fullname: fullnameOf(name), namespace: `e2e-${inject('run')}-system` };
}

/** As the chart makes it of the release's name. */
export function fullnameOf(name: string): string {
  return name.includes('endpoints-webhook') ? name : `${name}-endpoints-webhook`;
}

/** Never used before, by this run or another: the endpoint controller deletes late what stood under a name. */
export function freshName(what: string): string {
  return `${what}-${Math.random().toString(36).slice(2, 8)}`;
}

/** Objects of a namespace: `path('default', 'pods')`; groups but the core are given as in `apps/v1`. */
export function path(namespace: string, resource: string, name?: string, group?: string): string {
  const base = group === undefined ? '/api/v1' : `/apis/${group}`;
  return `${base}/namespaces/${namespace}/${resource}${name === undefined ? '' : `/${name}`}`;
}

/** Objects of a kind that is judged. */
export function pathOf(kind: Kind, namespace: string, name?: string): string {
  const { group, resource } = definitions[kind];
  return path(namespace, resource, name, group === '' ? undefined : `${group}/v1`);
}

/** Where the pods keep their certificate authority. */
export function caSecretName(): string {
  return `${release().fullname}-ca`;
}

/** As kubectl has it. */
export function resourceOf(kind: Kind): string {
  return definitions[kind].resource;
}

/** The configurations that send to us: what the webhook does, and about which resource. */
export const configurations = [
  'validating/endpoints',
  'validating/endpointslices',
  'validating/services',
  'mutating/endpoints',
] as const;

export type Configuration = (typeof configurations)[number];

/** As kubectl has it: `validatingwebhookconfiguration/endpoints-webhook-endpoints`. */
export function configurationName(configuration: Configuration, fullname = release().fullname): string {
  return configuration.replace('/', `webhookconfiguration/${fullname}-`);
}

export function configurationPath(configuration: Configuration, fullname?: string): string {
  const name = configurationName(configuration, fullname).replace('/', 's/');
  return `/apis/admissionregistration.k8s.io/v1/${name}`;
}

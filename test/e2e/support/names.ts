import { inject } from 'vitest';
import type { As } from './api.ts';
import { readEnvironment } from './environment.ts';

/** Someone who may write Endpoints in his namespaces, and nothing else. */
export const tenant: As = { user: 'tenant', groups: ['tenants'] };

/** The label that all namespaces of one run carry. */
export const runLabel = 'endpoints-webhook-e2e';

export function release() {
  const { release: name } = readEnvironment();
  const fullname = name.includes('endpoints-webhook') ? name : `${name}-endpoints-webhook`;
  return { name, fullname, namespace: `e2e-${inject('run')}-system`, configuration: `${fullname}-endpoints` };
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

/** The path of a configuration that sends to us. */
export function configurationPath(kind: 'validating' | 'mutating', name = release().configuration): string {
  return `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${name}`;
}

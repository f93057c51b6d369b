import type { Kind } from '../endpoints/view.ts';
import { kinds } from '../kinds/index.ts';
import { byValue } from '../kinds/serving-keys.ts';
import { maxFinalizerComparisons, type ServingKey } from '../kinds/serving-state.ts';
import { kubernetesService } from '../policy/exemption.ts';
import { all, any, literal, literals } from './cel.ts';

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** The API server itself, which is exempt even where controllers are not. */
export const apiServer = 'system:apiserver';

/** Identities that write endpoints in the name of Kubernetes. A refusal here would stop Services from following their pods. */
export const controlPlane: readonly string[] = [
  apiServer,
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:endpoint-controller',
  'system:serviceaccount:kube-system:endpointslice-controller',
  'system:serviceaccount:kube-system:endpointslicemirroring-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
];

/** A policy applies to writes by all others that change what is judged, or what puts the object into service. */
export function createMatchConditions(
  kind: Kind,
  users: readonly string[],
  extraServiceLabels: readonly string[] = [],
  namespacePrefixes: readonly string[] = [],
): readonly MatchCondition[] {
  return [
    { name: 'exclude-control-plane-identities', expression: `!(request.userInfo.username in ${literals(users)})` },
    ...(namespacePrefixes.length === 0 ? [] : [excludeNamespaces(namespacePrefixes)]),
    { name: 'exclude-unchanged-updates', expression: hasChanged(kind, extraServiceLabels) },
    excludeKubernetesService(),
  ];
}

/** Selectors compare whole values only. */
export function excludeNamespaces(prefixes: readonly string[]): MatchCondition {
  const expression = `!${literals(prefixes)}.exists(p, request.namespace.startsWith(p))`;
  return { name: 'exclude-namespaces-by-prefix', expression };
}

export function excludeKubernetesService(): MatchCondition {
  return { name: 'exclude-kubernetes-service', expression: `!${keepsKubernetesService()}` };
}

/** As in `exemption.ts`. request.name is empty only where the name is to be generated. */
function keepsKubernetesService(): string {
  const { namespace, name, group, user } = kubernetesService;
  return all([
    `request.namespace == ${literal(namespace)}`,
    `request.name == ${literal(name)}`,
    any([`${literal(group)} in request.userInfo.?groups.orValue([])`, `request.userInfo.username == ${literal(user)}`]),
  ]);
}

function hasNewKey(member: 'labels' | 'annotations', { key, counts }: ServingKey): string {
  return differs((object) => {
    const value = `${object}.metadata.?${member}[?${literal(key)}]`;
    return counts === 'presence' ? `${value}.hasValue()` : counts === 'value' ? value : `${value}.orValue("")`;
  });
}

function differs(of: (object: string) => string): string {
  return `${of('object')} != ${of('oldObject')}`;
}

/** Rules look at it. A name never changes. */
const hasNewPrefix = differs((object) => `${object}.metadata.?generateName.orValue("")`);

const hasNewOwners = differs((object) => `${object}.metadata.?ownerReferences.orValue([])`);

/** A removed finalizer is no change. A new one keeps the object alive, and with it what it puts into service. */
function hasNewFinalizer(): string {
  return hasNewItem((object) => `${object}.metadata.?finalizers.orValue([])`);
}

/** Whether a list of texts has one that it had not before. What would take an API server too long to compare counts as changed. */
export function hasNewItem(of: (object: string) => string): string {
  const [now, before] = [of('object'), of('oldObject')];
  return any([
    `size(${now}) * (size(${before}) + 20) > ${maxFinalizerComparisons}`,
    `${now}.exists(f, !(f in ${before}))`,
  ]);
}

function hasChanged(kind: Kind, extraServiceLabels: readonly string[]): string {
  const { cel, servingState } = kinds[kind];
  const labels = [...servingState.labels, ...byValue(extraServiceLabels)];
  return any([
    'request.operation != "UPDATE"',
    ...cel.changed,
    ...labels.map((label) => hasNewKey('labels', label)),
    ...servingState.annotations.map((annotation) => hasNewKey('annotations', annotation)),
    hasNewPrefix,
    hasNewOwners,
    hasNewFinalizer(),
  ]);
}

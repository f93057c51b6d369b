import type { Kind } from '../endpoints/view.ts';
import { kinds } from '../kinds/index.ts';
import type { ServingLabel } from '../kinds/serving-state.ts';
import { kubernetesService } from '../policy/exemption.ts';
import { all, any, literal, literals } from './cel.ts';

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Whoever writes endpoints in the name of Kubernetes itself. A refusal here would stop Services from following their pods. */
export const controlPlane: readonly string[] = [
  'system:apiserver',
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:endpoint-controller',
  'system:serviceaccount:kube-system:endpointslice-controller',
  'system:serviceaccount:kube-system:endpointslicemirroring-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
];

/** When a policy is asked: by anybody else, of a write that changes what is judged, or what puts it into service. */
export function matchConditions(kind: Kind, users: readonly string[]): readonly MatchCondition[] {
  return [
    { name: 'exclude-control-plane-identities', expression: `!(request.userInfo.username in ${literals(users)})` },
    { name: 'exclude-unchanged-updates', expression: hasChanged(kind) },
    { name: 'exclude-kubernetes-service', expression: `!${keepsKubernetesService()}` },
  ];
}

/** As in `exemption.ts`. A name that is not generated is known before anything is admitted. */
function keepsKubernetesService(): string {
  const { namespace, name, group } = kubernetesService;
  return all([
    `request.namespace == ${literal(namespace)}`,
    `request.name == ${literal(name)}`,
    `${literal(group)} in request.userInfo.?groups.orValue([])`,
  ]);
}

/** A missing label counts as empty, or as `!`, which no label can be. */
function hasNewLabel({ key, emptyIsAbsent }: ServingLabel): string {
  const of = (object: string) =>
    `${object}.metadata.?labels[?${literal(key)}].orValue(${literal(emptyIsAbsent ? '' : '!')})`;
  return `${of('object')} != ${of('oldObject')}`;
}

function hasNewPresence(annotation: string): string {
  const of = (object: string) => `(${literal(annotation)} in ${object}.metadata.?annotations.orValue({}))`;
  return `${of('object')} != ${of('oldObject')}`;
}

const hasNewOwners = 'object.metadata.?ownerReferences.orValue([]) != oldObject.metadata.?ownerReferences.orValue([])';

/** What is compared before CEL's budget of 1,000,000 ends, with room for what stands beside it. Finalizers beyond count as changed. */
const mostCompared = 100_000;

/** A finalizer that goes is no change; one that appears keeps the object alive, and with it what it puts into service. */
function hasNewFinalizer(): string {
  const of = (object: string) => `${object}.metadata.?finalizers.orValue([])`;
  const [now, before] = [of('object'), of('oldObject')];
  return any([`size(${now}) * (size(${before}) + 20) > ${mostCompared}`, `${now}.exists(f, !(f in ${before}))`]);
}

function hasChanged(kind: Kind): string {
  const { cel, servingState } = kinds[kind];
  return any([
    'request.operation != "UPDATE"',
    ...cel.changed,
    ...servingState.labels.map(hasNewLabel),
    ...servingState.annotations.map(hasNewPresence),
    ...(servingState.owners ? [hasNewOwners] : []),
    hasNewFinalizer(),
  ]);
}

import { serviceLabels } from '../endpoints/endpoint-slice.ts';
import { mirroredLabels, skipMirror } from '../endpoints/endpoints.ts';
import type { Kind } from '../endpoints/view.ts';
import { kubernetesService } from '../policy/exemption.ts';
import { all, any, literal, literals } from './cel.ts';

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** The API server itself: it is never asked about, whatever else is. */
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

/** When a policy is asked: by anybody else, of a write that changes what is judged, or what puts it into service. */
export function matchConditions(kind: Kind, users: readonly string[]): readonly MatchCondition[] {
  return [
    { name: 'exclude-control-plane-identities', expression: `!(request.userInfo.username in ${literals(users)})` },
    { name: 'exclude-unchanged-updates', expression: changed[kind] },
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

const leader = literal('control-plane.alpha.kubernetes.io/leader');

/** `absent` is what a missing label counts as: `!`, which no label can be, where an empty one is another thing. */
function label(key: string, absent: '' | '!'): string {
  const of = (object: string) => `${object}.metadata.?labels[?${literal(key)}].orValue(${literal(absent)})`;
  return `${of('object')} != ${of('oldObject')}`;
}

function hasLeader(object: string): string {
  return `(${leader} in ${object}.metadata.?annotations.orValue({}))`;
}

/** What is compared before CEL's budget of 1,000,000 ends, with room for what stands beside it. Finalizers beyond count as changed. */
const mostCompared = 100_000;

/** A finalizer that goes is no change; one that appears keeps the object alive, and with it what it puts into service. */
function hasNewFinalizer(): string {
  const of = (object: string) => `${object}.metadata.?finalizers.orValue([])`;
  const [now, before] = [of('object'), of('oldObject')];
  return any([`size(${now}) * (size(${before}) + 20) > ${mostCompared}`, `${now}.exists(f, !(f in ${before}))`]);
}

const changed: Readonly<Record<Kind, string>> = {
  Endpoints: any([
    'request.operation != "UPDATE"',
    'has(object.subsets) != has(oldObject.subsets)',
    '(has(object.subsets) && object.subsets != oldObject.subsets)',
    label(skipMirror, ''),
    ...mirroredLabels.map((key) => label(key, '!')),
    `${hasLeader('object')} != ${hasLeader('oldObject')}`,
    hasNewFinalizer(),
  ]),
  EndpointSlice: any([
    'request.operation != "UPDATE"',
    'object.endpoints != oldObject.endpoints',
    'object.ports != oldObject.ports',
    ...serviceLabels.map((key) => label(key, '!')),
    'object.metadata.?ownerReferences.orValue([]) != oldObject.metadata.?ownerReferences.orValue([])',
    hasNewFinalizer(),
  ]),
};

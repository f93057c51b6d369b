import type { Kind } from '../../../src/endpoints/view.ts';
import type { As } from './api.ts';
import { endpointsSituations } from './endpoints-situations.ts';
import { keeper, keepers, kinds, tenant } from './names.ts';
import { badObjects, goodObjects } from './objects.ts';
import type { Situation } from './situation.ts';
import { sliceSituations } from './slice-situations.ts';

const admin: As = { user: 'admin', groups: ['system:masters'] };
const masters = (user: string): As => ({ user, groups: ['system:masters'] });

/** Whether the object is there or not: scenarios delete the API server's own. */
const apply = { method: 'PATCH', type: 'application/apply-patch+yaml' } as const;

const exempt = [
  'system:apiserver',
  'system:kube-controller-manager',
  ...['endpoint', 'endpointslice', 'endpointslicemirroring'].map(
    (name) => `system:serviceaccount:kube-system:${name}-controller`,
  ),
  'system:serviceaccount:kube-system:generic-garbage-collector',
];

function identities(kind: Kind): readonly Situation[] {
  const body = badObjects[kind]('');
  const create = { kind, called: true, body };
  const kept = { ...create, ...apply, namespace: 'default', name: 'kubernetes' };
  return [
    ...exempt.map((user) => ({ ...create, title: `${user} creates`, as: masters(user), called: false })),
    ...exempt.map((user) => ({
      title: `${user} changes what is judged`,
      kind,
      as: masters(user),
      called: false,
      before: goodObjects[kind](''),
      body,
    })),
    { ...create, title: 'a tenant creates', as: tenant },
    { ...create, title: 'a cluster administrator creates', as: admin },
    {
      ...create,
      title: 'another account of kube-system creates',
      as: masters('system:serviceaccount:kube-system:default'),
    },
    {
      ...create,
      title: 'an account that only sounds like a controller creates',
      as: masters(`system:serviceaccount:shop:${kind.toLowerCase()}-controller`),
    },
    { ...kept, title: 'default/kubernetes, by a member of system:masters', as: admin, called: false },
    ...keepers.map((as) => ({ ...kept, title: `default/kubernetes, by ${as.user}`, as, called: false })),
    { ...kept, title: 'default/kubernetes, by a member of another group', as: keeper },
    { ...kept, title: 'another object of default, by a member of system:masters', as: admin, name: 'kubernetes-1' },
    { ...create, title: 'in kube-system', as: admin, called: false, namespace: 'kube-system' },
    { ...create, title: 'in default', as: admin, namespace: 'default' },
  ];
}

/** A write that leaves what is judged as it was, of an object that breaks a rule, as it might stand there since before the webhook. */
function unchanged(kind: Kind): readonly Situation[] {
  const object = badObjects[kind]('');
  const update = { kind, as: tenant, before: object, called: false } as const;
  return [
    { ...update, title: 'a label added', body: { metadata: { labels: { app: 'web' } } } },
    {
      ...update,
      title: 'a label removed',
      before: { ...object, metadata: { labels: { app: 'web' } } },
      body: { metadata: { labels: { app: null } } },
    },
    { ...update, title: 'an annotation added', body: { metadata: { annotations: { 'example.com/a': 'b' } } } },
    { ...update, title: 'put as it is', method: 'PUT', body: object },
    {
      ...update,
      title: 'a finalizer removed while it is deleted',
      deleting: true,
      body: { metadata: { finalizers: null } },
    },
    { ...update, title: 'deleted', method: 'DELETE', body: undefined },
  ];
}

/** One that appears keeps an object alive, and with it what it puts into service. */
function finalizers(kind: Kind): readonly Situation[] {
  const object = badObjects[kind]('');
  const kept = (...names: readonly string[]) => ({
    metadata: { finalizers: names.map((name) => `example.com/${name}`) },
  });
  const many = (count: number) => kept(...Array.from({ length: count }, (_, i) => `keep-${i}`));
  const change = (title: string, called: boolean, before: object, body: object): Situation => ({
    ...{ kind, as: tenant, title, called, before: { ...object, ...before }, body },
  });
  const label = { metadata: { labels: { app: 'web' } } };
  return [
    change('a finalizer added', true, {}, kept('a')),
    change('a second finalizer added', true, kept('a'), kept('a', 'b')),
    change('a finalizer replaced', true, kept('a'), kept('b')),
    change('a finalizer removed', false, kept('a', 'b'), kept('b')),
    change('the last finalizer removed', false, kept('a'), { metadata: { finalizers: null } }),
    change('finalizers in another order', false, kept('a', 'b'), kept('b', 'a')),
    change('a label added beside 300 finalizers', false, many(300), label),
    change('all of 5,000 finalizers removed', false, many(5000), { metadata: { finalizers: null } }),
    change('a finalizer added to 5,000', true, many(5000), many(5001)),
  ];
}

/** All that is tried, kind by kind. */
export const situations: readonly Situation[] = kinds.flatMap((kind) => [
  ...identities(kind),
  ...unchanged(kind),
  ...finalizers(kind),
  ...(kind === 'Endpoints' ? endpointsSituations : sliceSituations),
]);

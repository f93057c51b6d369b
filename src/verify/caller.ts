import type { Kind } from '../endpoints/view.ts';
import { fieldsOf, listOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import type { Requester } from '../policy/exemption.ts';
import type { Asker } from './asker.ts';
import { type Check, notChecked } from './check.ts';

/** Asks who the writes are from, and whether that is who --as names. `user`: as the API server has it; empty where it does not say. */
export async function findCaller(asker: Asker): Promise<{ readonly caller: Requester } | { readonly check: Check }> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await asker.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', review);
  const { body, message } = { body: undefined, message: undefined, ...answer };
  const { username, groups } = fieldsOf(fieldsOf(fieldsOf(body).status).userInfo);
  const user = typeof username === 'string' ? username : '';
  const { as } = asker;
  if (!as || as.user === user) return { caller: { user, groups: listOf(groups).map(String) } };
  const reason =
    user === '' ? String(message ?? fieldsOf(body).message ?? 'it does not say') : `it takes them for ${user}`;
  return {
    check: notChecked(
      'writes',
      `the API server does not try them as ${as.user}: ${reason}`,
      'give yourself impersonate of that user and those groups, and name nobody by "as" in the kubeconfig',
    ),
  };
}

/** Whether who writes may create the restricted subresource, and so is exempt. Whoever may not ask is told nothing. */
export async function isExemptByRbac(asker: Asker, kind: Kind, namespace: string): Promise<boolean> {
  const { group, resource } = kinds[kind];
  const resourceAttributes = { namespace, verb: 'create', group, resource, subresource: 'restricted' };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const answer = await asker.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
  return 'body' in answer && fieldsOf(fieldsOf(answer.body).status).allowed === true;
}

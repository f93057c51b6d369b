import { fieldsOf } from '../../src/json/fields.ts';
import { kinds } from '../../src/kinds/index.ts';
import { type Policy, parsePolicy } from '../../src/policy/policy.ts';
import { review } from '../../src/review/review.ts';

/** What the author of a webhook would write around our rules: from a parsed AdmissionReview to the one that answers it. */
export function judgeValue(policy: Policy, body: unknown): object {
  const { uid, kind, operation, namespace, userInfo, object, oldObject } = fieldsOf(fieldsOf(body).request);
  const known = kinds[fieldsOf(kind).kind === 'EndpointSlice' ? 'EndpointSlice' : 'Endpoints'].kind;
  const { violations } = review(policy, {
    kind: known,
    operation: operation === 'UPDATE' ? 'UPDATE' : 'CREATE',
    namespace: String(namespace),
    requester: { user: String(fieldsOf(userInfo).username), groups: [] },
    object,
    previous: oldObject,
  });
  const denied = violations.filter(({ enforcement }) => enforcement === 'deny');
  const message = denied.slice(0, 10).map(({ finding }) => finding.message);
  const status = denied.length > 0 ? { status: { code: 422, message: message.join('; ') } } : {};
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    response: { uid, allowed: denied.length === 0, ...status },
  };
}

/** A policy that forbids these networks beside what is forbidden anyway. */
export function policyWith(networks: readonly string[]): Policy {
  const { policy, findings } = parsePolicy(policySource(networks));
  if (!policy) throw new Error(`the policy is refused: ${findings.map(({ message }) => message).join('; ')}`);
  return policy;
}

/** It is YAML too. */
export function policySource(networks: readonly string[]): object {
  return {
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    rules: { 'forbidden-network': { networks } },
  };
}

import type { ReadProblem } from '../cluster/list.ts';
import type { PostAnswer } from '../cluster/post.ts';
import { fieldsOf } from '../json/fields.ts';

/**
 * What became of a write. `refused`: by our webhook; `refused by policy`: by a ValidatingAdmissionPolicy of ours; `unanswered`: our webhook
 * was called in vain; `no right`: RBAC; `otherwise`: refused by somebody else, or not answered at all.
 */
export interface Fate {
  readonly result: 'taken' | 'refused' | 'refused by policy' | 'unanswered' | 'no right' | 'otherwise';
  readonly message: string;
}

const ourTag = /\[endpoints-webhook(?:: [a-z0-9-]+)?\]/;
const ourWebhook = String.raw`[a-z0-9.-]+\.validate\.endpoints-webhook\.io`;
const refusedByWebhook = new RegExp(`admission webhook "${ourWebhook}" denied the request`);
const calledInVain = new RegExp(`failed calling webhook "(?:${ourWebhook}|[a-z]+\\.mutate\\.endpoints-webhook\\.io)"`);

export function fateOf(answer: PostAnswer | ReadProblem): Fate {
  if (!('body' in answer)) return { result: 'otherwise', message: answer.message };
  const { status, body } = answer;
  if (status === 200 || status === 201) return { result: 'taken', message: '' };
  const text = fieldsOf(body).message;
  const message = typeof text === 'string' ? text : `the API server answered ${status}`;
  if (calledInVain.test(message)) return { result: 'unanswered', message };
  if (ourTag.test(message)) {
    if (refusedByWebhook.test(message)) return { result: 'refused', message };
    if (/ValidatingAdmissionPolicy '[^']+' with binding/.test(message)) return { result: 'refused by policy', message };
  }
  if (status === 403 && / cannot (?:create|impersonate) resource /.test(message))
    return { result: 'no right', message };
  return { result: 'otherwise', message };
}

/** What to do where our webhook was called in vain. */
export function remedyOf(message: string): string {
  if (/x509|certificate/.test(message))
    return 'the caBundle of the configuration does not trust what is served: see who writes it, and install the chart again';
  if (/no endpoints available|service "[^"]*" not found/.test(message))
    return 'no ready pod is behind the Service: look at its selector and at the pods';
  if (/connection refused/.test(message))
    return 'nothing listens behind the Service: look at the pods, and at its selector and port';
  if (/deadline exceeded|timeout|no route|unreachable/i.test(message))
    return 'API servers do not reach the pods: look at firewalls, NetworkPolicies and at the pods (docs/platforms.md)';
  return 'look at the Service, the pods and the configuration';
}

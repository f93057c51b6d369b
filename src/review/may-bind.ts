import { kinds } from '../kinds/index.ts';
import { isExempt, keepsKubernetesService, type Requester } from '../policy/exemption.ts';
import { checksFor, type Policy } from '../policy/policy.ts';

/** Whoever writes a Service. */
interface ServiceWriter {
  readonly requester: Requester;
  readonly namespace: string;
  /** Of the Service. */
  readonly name: string;
}

/** Whether anything could be said against what a Service puts into service, whatever that is: else nobody has to look at it. */
export function mayBind(policy: Policy, { requester, namespace, name }: ServiceWriter): boolean {
  if (keepsKubernetesService(requester, namespace, name)) return false;
  return checksFor(policy, namespace).some(
    ({ rule }) =>
      rule.kinds.some((kind) => !kinds[kind].wakes) && !isExempt(policy.exempt, rule.id, requester, namespace),
  );
}

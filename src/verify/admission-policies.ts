import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { type Asker, isProblem, unread } from './asker.ts';
import { type Check, failed, ok } from './check.ts';
import type { Installation } from './installation.ts';

const api = '/apis/admissionregistration.k8s.io/v1';
const digestAnnotation = 'endpoints-webhook.io/policy-digest';

/** Whether each ValidatingAdmissionPolicy of the installation is there, printed from its policy, and bound. */
export async function checkAdmissionPolicies(
  asker: Asker,
  { admissionPolicies }: Installation,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [name, digest] of Object.entries(admissionPolicies)) {
    const subject = `ValidatingAdmissionPolicy ${name}`;
    const policy = await asker.get(`${api}/validatingadmissionpolicies/${name}`);
    const binding = isProblem(policy) ? policy : await asker.get(`${api}/validatingadmissionpolicybindings/${name}`);
    const [problem] = [policy, binding].filter(isProblem);
    if (problem?.status === 404) {
      const what = isProblem(policy) ? 'does not exist' : 'has no binding of the same name: it is not enforced';
      checks.push(failed(subject, what, restore));
    } else if (problem) checks.push(unread(subject, problem, rights));
    else checks.push(compare(subject, { name, digest }, policy as Fields, binding as Fields));
  }
  return checks;
}

const restore = 'restore it with `helm upgrade`, or by applying the manifests again';
const rights =
  'get of validatingadmissionpolicies and validatingadmissionpolicybindings in the group admissionregistration.k8s.io';

interface Expected {
  readonly name: string;
  readonly digest: string;
}

function compare(subject: string, { name, digest }: Expected, policy: Fields, binding: Fields): Check {
  const found = fieldsOf(fieldsOf(policy.metadata).annotations)[digestAnnotation];
  if (digest !== '' && found !== digest)
    return failed(
      subject,
      `was printed from policy ${String(found).slice(0, 12)}, and that of the installation is ${digest.slice(0, 12)}`,
      'print it from the policy that is installed, and apply it (docs/validating-admission-policy.md)',
    );
  const { failurePolicy } = fieldsOf(policy.spec);
  if (failurePolicy !== 'Fail') return failed(subject, `its failurePolicy is ${String(failurePolicy)}`, restore);
  const { policyName, validationActions, matchResources } = fieldsOf(binding.spec);
  if (policyName !== name) return failed(subject, `its binding is for ${String(policyName)}`, restore);
  if (matchResources !== undefined)
    return failed(subject, 'its binding has matchResources: it is not enforced where it should be', restore);
  const actions = listOf(validationActions).map(String);
  if (!/-(?:warn|audit)$/.test(name) && !actions.includes('Deny'))
    return failed(subject, `its binding does not deny, but says ${actions.join(', ')}`, restore);
  return ok(subject, digest === '' ? 'is there, and bound' : 'is there, bound, and of the policy of the installation');
}

import { dump } from 'js-yaml';
import { generatePolicies } from '../admission-policy/generate-policies.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

export interface AdmissionPolicyOptions {
  /** Files. */
  readonly policy?: string | readonly string[] | undefined;
  readonly name: string;
  /** The minor of Kubernetes 1. */
  readonly kubernetesVersion: number;
  readonly leaveOut: readonly string[];
  readonly exemptNamespace: readonly string[];
  readonly exemptUser: readonly string[];
  readonly extraServiceLabels?: readonly string[];
}

/** Prints a policy as ValidatingAdmissionPolicies. Throws a UsageError that names each rule that they cannot express. */
export async function printAdmissionPolicies(options: AdmissionPolicyOptions, io: Io): Promise<number> {
  const policy = readPolicy(options.policy, options.extraServiceLabels);
  const { objects, leftToWebhook, problems } = generatePolicies(policy, {
    name: options.name,
    minor: options.kubernetesVersion,
    leaveOut: options.leaveOut,
    exemptNamespaces: options.exemptNamespace,
    exemptUsers: options.exemptUser,
    annotations: {
      'endpoints-webhook.io/policy-digest': policy.digest,
      'endpoints-webhook.io/kubernetes-version': `1.${options.kubernetesVersion}`,
    },
  });
  if (problems) throw new UsageError(problems);
  for (const object of objects) io.out(`---\n${dump(object, { noRefs: true, lineWidth: -1 })}`);
  if (leftToWebhook.length > 0) io.err(`not held by ValidatingAdmissionPolicies: ${leftToWebhook.join(', ')}\n`);
  if (objects.length === 0) io.err('nothing in the policy needs a ValidatingAdmissionPolicy\n');
  return 0;
}

import { type Command, InvalidArgumentError, type Option } from 'commander';
import { rules } from '../rules/index.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { AdmissionPolicyOptions } from './admission-policy.ts';
import { createCommand } from './command.ts';
import {
  createExemptNamespaceFlag,
  createFlag,
  createPolicyOption,
  createServiceLabelsFlag,
  listOf,
  parseVisibleName,
} from './flags.ts';

export function createManifestsCommand(action: (options: AdmissionPolicyOptions) => Promise<void>): Command {
  const admissionPolicy = createCommand(
    'validating-admission-policy',
    'print a policy as ValidatingAdmissionPolicies, which API servers enforce even when no webhook pod is running',
  );
  for (const option of admissionPolicyOptions()) admissionPolicy.addOption(option);
  admissionPolicy
    .addHelpText('after', '\nExit codes: 0 printed, 2 a rule cannot be expressed, or the policy cannot be read.')
    .action((options: AdmissionPolicyOptions) => action(options));
  return createCommand('manifests', 'print Kubernetes objects').addCommand(admissionPolicy);
}

function admissionPolicyOptions(): readonly Option[] {
  return [
    createPolicyOption(),
    createFlag('--name <name>', 'prefix of the names of all objects')
      .argParser(parseObjectName)
      .default('endpoints-webhook'),
    createFlag('--kubernetes-version <version>', 'version of the cluster’s oldest API server, 1.30 or later')
      .argParser(parseMinorVersion)
      .default(33, '1.33'),
    createFlag('--leave-out <rule>', 'rule that only the webhook enforces; may be repeated')
      .argParser(listOf(parseRuleId))
      .default([], 'none'),
    createServiceLabelsFlag(),
    createExemptNamespaceFlag(),
    createFlag('--exempt-user <name>', 'exempt user, besides those of the control plane; may be repeated')
      .argParser(listOf(parseVisibleName))
      .default([], 'none'),
  ];
}

function parseObjectName(text: string): string {
  if (/^[a-z0-9](?:[-a-z0-9.]{0,198}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of an object, such as endpoints-webhook.');
}

function parseMinorVersion(text: string): number {
  const minor = Number(/^v?1\.([1-9]\d)(?:\.\d+)?$/.exec(text)?.[1]);
  if (minor >= 30) return minor;
  throw new InvalidArgumentError('Give a version of Kubernetes such as 1.33, from 1.30.');
}

function parseRuleId(text: string): string {
  const ids = [wellFormed, ...rules].map(({ id }) => id);
  if (ids.includes(text)) return text;
  throw new InvalidArgumentError(`Give the id of a rule, one of ${ids.join(', ')}.`);
}

import { InvalidArgumentError, type Option } from 'commander';
import { visible } from '../report/visible.ts';
import { rules } from '../rules/index.ts';
import { wellFormed } from '../rules/well-formed.ts';
import { flag, listOf, policyOption } from './flags.ts';

/** What is printed as ValidatingAdmissionPolicies, and whom they do not bind. */
export function admissionPolicyFlags(): readonly Option[] {
  return [
    policyOption(),
    flag('--name <name>', 'what the names of all objects begin with')
      .argParser(objectName)
      .default('endpoints-webhook'),
    flag('--kubernetes-version <version>', 'that of the cluster’s oldest API server, from 1.30')
      .argParser(minorVersion)
      .default(33, '1.33'),
    flag('--leave-out <rule>', 'a rule that is left to the webhook; may be repeated')
      .argParser(listOf(ruleId))
      .default([], 'none'),
    flag('--exempt-namespace <name>', 'not guarded, besides kube-system and kube-node-lease; may be repeated')
      .argParser(listOf(visibleName))
      .default([], 'none'),
    flag('--exempt-user <name>', 'not bound, besides the control plane’s users; may be repeated')
      .argParser(listOf(visibleName))
      .default([], 'none'),
  ];
}

function objectName(text: string): string {
  if (/^[a-z0-9](?:[-a-z0-9.]{0,198}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of an object, such as endpoints-webhook.');
}

function minorVersion(text: string): number {
  const minor = Number(/^v?1\.([1-9]\d)(?:\.\d+)?$/.exec(text)?.[1]);
  if (minor >= 30) return minor;
  throw new InvalidArgumentError('Give a version of Kubernetes such as 1.33, from 1.30.');
}

function visibleName(text: string): string {
  if (visible(text) === text) return text;
  throw new InvalidArgumentError('Give a name without characters that cannot be seen.');
}

function ruleId(text: string): string {
  const ids = [wellFormed, ...rules].map(({ id }) => id);
  if (ids.includes(text)) return text;
  throw new InvalidArgumentError(`Give the id of a rule, one of ${ids.join(', ')}.`);
}

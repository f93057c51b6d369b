import type { Command } from 'commander';
import { profiles } from '../suggest/policy-text.ts';
import { createCommand } from './command.ts';
import { createFlag, createKubeconfigOption, parseDurationFlag } from './flags.ts';
import type { PolicySuggestOptions } from './policy-suggest.ts';

export function createPolicyCommand(action: (options: PolicySuggestOptions) => Promise<void>): Command {
  const suggest = createCommand(
    'suggest',
    'print a policy with the networks of a cluster, and how each is known; changes nothing',
  )
    .addOption(createKubeconfigOption('the files of KUBECONFIG, else the credentials of the pod'))
    .addOption(createFlag('--context <name>', 'context of the kubeconfig (default: its current context)'))
    .addOption(
      createFlag(
        '--profile <name>',
        'ownership: by who has an address, own pods are allowed; parity: by networks alone, which ValidatingAdmissionPolicies can hold',
      )
        .choices(profiles)
        .default('ownership'),
    )
    .addOption(
      createFlag('--timeout <duration>', 'time limit for each response of the API server, and for a credential plugin')
        .argParser((text) => parseDurationFlag(text, '1s', '10m'))
        .default(60_000, '60s'),
    )
    .addHelpText('after', '\nExit codes: 0 printed, 2 the cluster cannot be asked.')
    .action((options: PolicySuggestOptions) => action(options));
  return createCommand('policy', 'help with the policy file').addCommand(suggest);
}

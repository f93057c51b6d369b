import type { Command } from 'commander';
import { profiles } from '../suggest/policy-text.ts';
import { createCommand } from './command.ts';
import { createFlag, createKubeconfigOption, createPolicyOption, parseDurationFlag } from './flags.ts';
import type { PolicySuggestOptions } from './policy-suggest.ts';

/** What the commands do. */
export interface PolicyActions {
  check(files: readonly string[]): Promise<void>;
  show(files: readonly string[]): Promise<void>;
  explain(rule: string | undefined, files: readonly string[]): Promise<void>;
  suggest(options: PolicySuggestOptions): Promise<void>;
}

export function createPolicyCommand(actions: PolicyActions): Command {
  return createCommand('policy', 'check, show, explain and suggest policies')
    .addCommand(createFilesCommand('check', 'say whether policy files can be used', '<files...>', actions.check))
    .addCommand(
      createFilesCommand(
        'show',
        'print the policy that files come to, with every default written',
        '[files...]',
        actions.show,
      ),
    )
    .addCommand(createExplainCommand(actions.explain))
    .addCommand(createSuggestCommand(actions.suggest));
}

const filesText = 'policy files; later ones are merged over earlier ones';

const exitCodes = '\nExit codes: 0 printed, 2 a file cannot be read, or is no valid policy.';

function createFilesCommand(name: string, what: string, argument: string, action: PolicyActions['check']): Command {
  return createCommand(name, what)
    .argument(argument, filesText)
    .addHelpText('after', exitCodes)
    .action((files: readonly string[]) => action(files));
}

function createExplainCommand(action: PolicyActions['explain']): Command {
  return createCommand('explain', 'print what a rule demands, and what a policy says of it')
    .argument('[rule]', 'id of a rule; without one, all rules are listed')
    .addOption(createPolicyOption())
    .addHelpText('after', exitCodes)
    .action((rule: string | undefined, { policy = [] }: { readonly policy?: readonly string[] }) =>
      action(rule, policy),
    );
}

function createSuggestCommand(action: PolicyActions['suggest']): Command {
  return createCommand(
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
}

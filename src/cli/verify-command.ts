import type { Command } from 'commander';
import { createCommand } from './command.ts';
import {
  createFlag,
  createKubeconfigOption,
  listOf,
  parseDurationFlag,
  parseResourceName,
  parseVisibleName,
} from './flags.ts';
import type { VerifyOptions } from './verify.ts';

export function createVerifyCommand(action: (options: VerifyOptions) => Promise<void>): Command {
  const groups = listOf(parseVisibleName);
  return createCommand('verify', 'see whether an installation works, through the API server; stores nothing')
    .addOption(createKubeconfigOption('the files of KUBECONFIG, else the credentials of the pod'))
    .addOption(createFlag('--context <name>', 'context of the kubeconfig (default: its current context)'))
    .addOption(nameFlag('--namespace <name>', 'namespace of the installation', 'endpoints-webhook'))
    .addOption(nameFlag('--name <name>', 'its full name, which is that of its Deployment', 'endpoints-webhook'))
    .addOption(
      nameFlag('--trial-namespace <name>', 'guarded namespace in which writes are tried, by dry run', 'default'),
    )
    .addOption(createFlag('--as <user>', 'try the writes as this user').argParser(parseVisibleName))
    .addOption(
      createFlag('--as-group <group>', 'and as a member of this group; may be repeated')
        .argParser((text: string, previous: readonly string[]) => groups(text, previous))
        .default([], 'none'),
    )
    .addOption(
      createFlag('--dial-pods', 'ask the pods at their addresses, and look at their certificates: inside the cluster'),
    )
    .addOption(createFlag('--output <format>', 'output format').choices(['text', 'json']).default('text'))
    .addOption(
      createFlag('--timeout <duration>', 'time limit for all checks together')
        .argParser((text) => parseDurationFlag(text, '1s', '10m'))
        .default(60_000, '60s'),
    )
    .addOption(
      createFlag('--wait <duration>', 'how long to look again while something is wrong')
        .argParser((text) => parseDurationFlag(text, '0s', '1h'))
        .default(0, '0s'),
    )
    .addHelpText('after', '\nExit codes: 0 it works, 1 something does not, 2 something could not be checked.')
    .action((options: VerifyOptions) => action({ ...options, dialPods: options.dialPods === true }));
}

function nameFlag(flags: string, description: string, name: string) {
  return createFlag(flags, description).argParser(parseResourceName).default(name, name);
}

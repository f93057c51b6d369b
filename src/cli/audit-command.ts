import type { Command } from 'commander';
import type { AuditOptions } from './audit.ts';
import { createCommand, exitCodesHelp } from './command.ts';
import {
  createFlag,
  createKubeconfigOption,
  createPolicyOption,
  createServiceLabelsFlag,
  parseDurationFlag,
} from './flags.ts';

export function createAuditCommand(action: (options: AuditOptions) => Promise<void>): Command {
  return createCommand('audit', 'judge what exists in a cluster, and list who can write it; changes nothing')
    .addOption(createKubeconfigOption('the files of KUBECONFIG, else the credentials of the pod'))
    .addOption(createFlag('--context <name>', 'context of the kubeconfig (default: its current context)'))
    .addOption(createFlag('--namespace <name>', 'look at this namespace only (default: all)'))
    .addOption(createPolicyOption())
    .addOption(createServiceLabelsFlag())
    .addOption(
      createFlag('--output <format>', 'output format').choices(['text', 'json', 'sarif', 'html']).default('text'),
    )
    .addOption(
      createFlag('--timeout <duration>', 'time limit for each response of the API server, and for a credential plugin')
        .argParser((text) => parseDurationFlag(text, '1s', '10m'))
        .default(60_000, '60s'),
    )
    .addHelpText('after', exitCodesHelp)
    .action((options: AuditOptions) => action(options));
}

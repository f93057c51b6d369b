import type { Command } from 'commander';
import type { AuditOptions } from './audit.ts';
import { createCommand, exitCodesHelp } from './command.ts';
import { flag, kubeconfigOption, parseDurationFlag, policyOption } from './flags.ts';

export function createAuditCommand(action: (options: AuditOptions) => Promise<void>): Command {
  return createCommand('audit', 'judge what exists in a cluster, and list who can write it; changes nothing')
    .addOption(kubeconfigOption())
    .addOption(flag('--context <name>', 'context of the kubeconfig (default: its current context)'))
    .addOption(flag('--namespace <name>', 'look at this namespace only (default: all)'))
    .addOption(policyOption())
    .addOption(flag('--output <format>', 'output format').choices(['text', 'json', 'sarif', 'html']).default('text'))
    .addOption(
      flag('--timeout <duration>', 'time limit for each response of the API server')
        .argParser((text) => parseDurationFlag(text, '1s', '10m'))
        .default(60_000, '60s'),
    )
    .addHelpText('after', exitCodesHelp)
    .action((options: AuditOptions) => action(options));
}

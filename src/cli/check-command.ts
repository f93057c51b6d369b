import type { Command } from 'commander';
import type { CheckOptions } from './check.ts';
import { createCommand, exitCodesHelp } from './command.ts';
import { createExemptNamespaceFlag, createFlag, createPolicyOption } from './flags.ts';

type Action = (paths: readonly string[], options: CheckOptions) => Promise<void>;

export function createCheckCommand(action: Action): Command {
  return createCommand('check', 'judge manifests as if they were created now')
    .argument('<paths...>', 'files, folders (recursively: .yaml, .yml, .json), or - for standard input')
    .addOption(createPolicyOption())
    .addOption(createFlag('--namespace <name>', 'namespace of objects that name none').default('default'))
    .addOption(createExemptNamespaceFlag())
    .addOption(createFlag('--output <format>', 'output format').choices(['text', 'json', 'sarif']).default('text'))
    .addHelpText('after', exitCodesHelp)
    .action((paths: readonly string[], options: CheckOptions) => action(paths, options));
}

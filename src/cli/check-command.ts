import { type Command, Option } from 'commander';
import type { CheckOptions } from './check.ts';
import { checkExitCodesHelp, createCommand } from './command.ts';
import { createExemptNamespaceFlag, createFlag, createPolicyOption, listOf } from './flags.ts';

type Action = (paths: readonly string[], options: CheckOptions) => Promise<void>;

export function createCheckCommand(action: Action): Command {
  return createCommand('check', 'judge manifests as if they were created now')
    .argument(
      '<paths...>',
      'files, folders (recursively: .yaml, .yml, .json; without .git, node_modules and what .gitignore names), or - for standard input',
    )
    .addOption(createPolicyOption())
    .addOption(createFlag('--namespace <name>', 'namespace of objects that name none').default('default'))
    .addOption(createExemptNamespaceFlag())
    .addOption(createFlag('--output <format>', 'output format').choices(['text', 'json', 'sarif']).default('text'))
    .addOption(
      createFlag('--exclude <glob>', 'leave this out of folders, as a line of a .gitignore does; may be repeated')
        .argParser(listOf(String))
        .default([], 'none'),
    )
    .addOption(new Option('--allow-empty', 'exit with 0 also if there are no Endpoints, EndpointSlices or Services'))
    .addOption(
      createFlag('--sarif-root <folder>', 'folder that SARIF paths are relative to (default: the repository’s root)'),
    )
    .addHelpText('after', checkExitCodesHelp)
    .action((paths: readonly string[], options: CheckOptions) => action(paths, options));
}

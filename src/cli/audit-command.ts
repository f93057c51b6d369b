import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConfigMapName } from '../publish/summary-config-map.ts';
import type { AuditOptions } from './audit.ts';
import { createCommand, exitCodesHelp } from './command.ts';
import {
  createFlag,
  createKubeconfigOption,
  createPolicyOption,
  createServiceLabelsFlag,
  listOf,
  parseDurationFlag,
  parseExemptNamespace,
} from './flags.ts';

export function createAuditCommand(action: (options: AuditOptions) => Promise<void>): Command {
  return createCommand(
    'audit',
    'judge what exists in a cluster, and list who can write it; changes nothing else than what --write-reports and --summary-config-map name',
  )
    .addOption(createKubeconfigOption('the files of KUBECONFIG, else the credentials of the pod'))
    .addOption(createFlag('--context <name>', 'context of the kubeconfig (default: its current context)'))
    .addOption(createFlag('--namespace <name>', 'look at this namespace only (default: all)'))
    .addOption(createPolicyOption())
    .addOption(createServiceLabelsFlag())
    .addOption(
      createFlag('--output <format>', 'output format')
        .choices(['text', 'json', 'sarif', 'html', 'none'])
        .default('text'),
    )
    .addOption(
      createFlag(
        '--exempt-namespace <name>',
        'namespace of which nothing is reported, or how its name begins, such as openshift-*; may be repeated',
      )
        .argParser(listOf(parseExemptNamespace))
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--write-reports',
        'write a Report (openreports.io/v1alpha1) into each namespace with findings, and delete it where there are none',
      ),
    )
    .addOption(
      createFlag('--report-name <name>', 'name of these Reports; those of other names are left alone')
        .argParser(parseObjectName)
        .default('endpoints-webhook'),
    )
    .addOption(
      createFlag(
        '--summary-config-map <namespace/name>',
        'write the sums into this ConfigMap, which has to be there: serve --audit-summary makes metrics of them',
      ).argParser(parseConfigMapName),
    )
    .addOption(
      createFlag('--timeout <duration>', 'time limit for each response of the API server, and for a credential plugin')
        .argParser((text) => parseDurationFlag(text, '1s', '10m'))
        .default(60_000, '60s'),
    )
    .addHelpText('after', exitCodesHelp)
    .action((options: AuditOptions) => action(options));
}

function parseObjectName(text: string): string {
  if (text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of an object, such as endpoints-webhook.');
}

function parseConfigMapName(text: string): ConfigMapName {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined)
    return { namespace: parseObjectName(namespace), name: parseObjectName(name) };
  throw new InvalidArgumentError('Give NAMESPACE/NAME.');
}

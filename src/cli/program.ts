import { Command, type Option } from 'commander';
import type { ProbeOptions } from '../demo/probe.ts';
import { printedLine } from '../report/visible.ts';
import type { ServeOptions } from '../serve/serve-options.ts';
import type { AdmissionPolicyOptions } from './admission-policy.ts';
import { admissionPolicyFlags } from './admission-policy-flags.ts';
import type { AuditOptions } from './audit.ts';
import type { CheckOptions } from './check.ts';
import { duration, flag, kubeconfigOption, policyOption } from './flags.ts';
import { serveOptions } from './serve-flags.ts';

/** What each command does, once its options are read; each resolves to an exit code. */
export interface Actions {
  serve(options: ServeOptions): Promise<number>;
  check(paths: readonly string[], options: CheckOptions): Promise<number>;
  audit(options: AuditOptions): Promise<number>;
  printAdmissionPolicies(options: AdmissionPolicyOptions): Promise<number>;
  demo(): Promise<number>;
  probe(url: string, options: ProbeOptions): Promise<number>;
}

/** The command line. Every flag has an environment variable of the same name with the prefix `EPW_`. */
export function createProgram(version: string, actions: Actions, done: (code: number) => void): Command {
  const program = new Command('endpoints-webhook')
    .description('Kubernetes admission webhook that guards what a Service’s traffic is sent to')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(errorLines(text)) })
    .configureHelp({ helpWidth: 110 });
  const command = (name: string, description: string, parent = program) =>
    parent.command(name).description(description).exitOverride().configureHelp({ helpWidth: 110 });

  const serve = command('serve', 'answer AdmissionReviews over HTTPS');
  for (const option of serveOptions()) serve.addOption(option);
  serve.action(async (options: ServeOptions) => done(await actions.serve(options)));

  command('check', 'judge manifests as if they were created now')
    .argument('<paths...>', 'files, folders (recursively: .yaml, .yml, .json), or - for standard input')
    .addOption(policyOption())
    .addOption(flag('--namespace <name>', 'the namespace of objects that name none').default('default'))
    .addOption(flag('--output <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .addHelpText('after', exitCodes)
    .action(async (paths: string[], options: CheckOptions) => done(await actions.check(paths, options)));

  const audit = command('audit', 'judge what exists in a cluster, and list who can write it; changes nothing');
  for (const option of auditOptions()) audit.addOption(option);
  audit.addHelpText('after', exitCodes);
  audit.action(async (options: AuditOptions) => done(await actions.audit(options)));
  const manifests = command('manifests', 'print Kubernetes objects');
  const admissionPolicy = command(
    'validating-admission-policy',
    'print a policy as ValidatingAdmissionPolicies, which API servers enforce even when no pod answers',
    manifests,
  );
  for (const option of admissionPolicyFlags()) admissionPolicy.addOption(option);
  admissionPolicy
    .addHelpText('after', '\nExit codes: 0 printed, 2 a rule cannot be said, or the policy cannot be read.')
    .action(async (options: AdmissionPolicyOptions) => done(await actions.printAdmissionPolicies(options)));

  command('demo', 'start a webhook on free ports, send it good and bad reviews, show the answers').action(async () =>
    done(await actions.demo()),
  );

  command('probe', 'ask a running webhook, as an API server would, and check how it judges')
    .argument('<url>', 'where it is, such as https://endpoints-webhook.endpoints-webhook.svc:443')
    .addOption(flag('--ca-file <file>', 'PEM: the only certificate authorities to trust').makeOptionMandatory())
    .addOption(flag('--address <address>', 'where to connect to, instead of where the name in the URL leads'))
    .addOption(
      flag('--timeout <duration>', 'give up when it cannot be reached and trusted for so long')
        .argParser((text) => duration(text, '0s', '1h'))
        .default(60_000, '60s'),
    )
    .addHelpText('after', '\nExit codes: 0 it judges rightly, 1 it does not or cannot be reached.')
    .action(async (url: string, options: ProbeOptions) => done(await actions.probe(url, options)));
  return program;
}

/** An error of the command line, whose only line end of its own is before what was perhaps meant. */
function errorLines(text: string): string {
  return text
    .replace(/\n$/, '')
    .split(/\n(?=\(Did you mean )/)
    .map(printedLine)
    .join('');
}

const exitCodes = '\nExit codes: 0 clean or warnings only, 1 denials, 2 something could not be read.';

function auditOptions(): readonly Option[] {
  return [
    kubeconfigOption(),
    flag('--context <name>', 'another context of the kubeconfig than its current one'),
    flag('--namespace <name>', 'look at this namespace only (default: all)'),
    policyOption(),
    flag('--output <format>', 'how to print').choices(['text', 'json', 'sarif', 'html']).default('text'),
    flag('--timeout <duration>', 'the longest that one answer of the API server may take')
      .argParser((text) => duration(text, '1s', '10m'))
      .default(60_000, '60s'),
  ];
}

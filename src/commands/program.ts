import { Command, InvalidArgumentError, Option } from 'commander';
import type { CheckOptions } from './check.ts';
import type { ServeOptions } from './serve.ts';

/** What each command does, once its options are read; each resolves to an exit code. */
export interface Actions {
  serve(options: ServeOptions): Promise<number>;
  check(paths: readonly string[], options: CheckOptions): Promise<number>;
  demo(): Promise<number>;
}

/** The command line. Every flag has an environment variable of the same name with the prefix `EPW_`. */
export function createProgram(version: string, actions: Actions, done: (code: number) => void): Command {
  const program = new Command('endpoints-webhook')
    .description('Kubernetes admission webhook that guards what a Service’s traffic is sent to')
    .version(version)
    .exitOverride()
    .configureHelp({ helpWidth: 110 });
  const command = (name: string, description: string) =>
    program.command(name).description(description).exitOverride().configureHelp({ helpWidth: 110 });

  const serve = command('serve', 'answer AdmissionReviews over HTTPS');
  for (const option of serveOptions()) serve.addOption(option);
  serve.action(async (options: ServeOptions) => done(await actions.serve(options)));

  command('check', 'judge manifests as if they were created now')
    .argument('<paths...>', 'files, folders (recursively: .yaml, .yml, .json), or - for standard input')
    .addOption(policyOption())
    .addOption(flag('--namespace <name>', 'the namespace of objects that name none').default('default'))
    .addOption(flag('--output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExit codes: 0 clean or warnings only, 1 denials, 2 something could not be read.')
    .action(async (paths: string[], options: CheckOptions) => done(await actions.check(paths, options)));

  command('demo', 'start a webhook on free ports, send it good and bad reviews, show the answers').action(async () =>
    done(await actions.demo()),
  );
  return program;
}

function serveOptions(): readonly Option[] {
  return [
    flag('--port <number>', 'HTTPS: POST /validate and /mutate; 0 picks a free one')
      .argParser(portNumber)
      .default(8443),
    flag('--operations-port <number>', 'plain HTTP: /livez, /readyz, /metrics; 0 picks a free one')
      .argParser(portNumber)
      .default(8080),
    flag('--bind-address <address>', 'where both listen; :: falls back to 0.0.0.0 without IPv6').default('::'),
    policyOption(),
    flag('--tls-cert-file <file>', 'PEM certificate chain (default: a throw-away certificate for localhost)'),
    flag('--tls-private-key-file <file>', 'PEM private key of that certificate'),
    flag('--tls-min-version <version>', 'oldest TLS version').choices(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
    flag('--max-request-bytes <number>', 'larger reviews are refused')
      .argParser(byteCount)
      .default(16 * 1024 * 1024),
    flag('--log-level <level>', 'denials are logged at info, allowed reviews at debug')
      .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info'),
  ];
}

function policyOption(): Option {
  return flag('--policy <file>', 'policy file (default: the documented rules)');
}

function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`EPW_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

function portNumber(text: string): number {
  return wholeNumber(text, 0, 65_535);
}

function byteCount(text: string): number {
  return wholeNumber(text, 1024, 1024 * 1024 * 1024);
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
}

import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../policy/duration.ts';
import { rules } from '../rules/index.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { AuditOptions } from './audit.ts';
import type { CheckOptions } from './check.ts';
import type { FloorCommandOptions } from './floor.ts';
import type { ProbeOptions } from './probe.ts';
import { type ServeOptions, serveDefaults } from './serve-options.ts';

/** What each command does, once its options are read; each resolves to an exit code. */
export interface Actions {
  serve(options: ServeOptions): Promise<number>;
  check(paths: readonly string[], options: CheckOptions): Promise<number>;
  audit(options: AuditOptions): Promise<number>;
  floor(options: FloorCommandOptions): Promise<number>;
  demo(): Promise<number>;
  probe(url: string, options: ProbeOptions): Promise<number>;
}

/** The command line. Every flag has an environment variable of the same name with the prefix `EPW_`. */
export function createProgram(version: string, actions: Actions, done: (code: number) => void): Command {
  const program = new Command('endpoints-webhook')
    .description('Kubernetes admission webhook that guards what a Service’s traffic is sent to')
    .version(version)
    .exitOverride()
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
  const floor = command(
    'validating-admission-policy',
    'print a policy as ValidatingAdmissionPolicies: a floor that holds while no pod answers',
    manifests,
  );
  for (const option of floorOptions()) floor.addOption(option);
  floor
    .addHelpText('after', '\nExit codes: 0 printed, 2 a rule cannot be said, or the policy cannot be read.')
    .action(async (options: FloorCommandOptions) => done(await actions.floor(options)));

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

function serveOptions(): readonly Option[] {
  return [
    flag('--port <number>', 'HTTPS: POST /validate and /mutate; 0 picks a free one')
      .argParser(portNumber)
      .default(serveDefaults.port),
    flag('--operations-port <number>', 'plain HTTP: /livez, /readyz, /metrics; 0 picks a free one')
      .argParser(portNumber)
      .default(serveDefaults.operationsPort),
    flag('--bind-address <address>', 'where both listen; :: falls back to 0.0.0.0 without IPv6').default(
      serveDefaults.bindAddress,
    ),
    policyOption(),
    flag('--tls-cert-file <file>', 'PEM certificate chain (default: a throw-away certificate for localhost)'),
    flag('--tls-private-key-file <file>', 'PEM private key of that certificate'),
    flag('--tls-min-version <version>', 'oldest TLS version')
      .choices(['TLSv1.2', 'TLSv1.3'])
      .default(serveDefaults.tlsMinVersion),
    ...selfManagedOptions(),
    flag('--max-request-bytes <number>', 'larger reviews are refused')
      .argParser(byteCount)
      .default(serveDefaults.maxRequestBytes),
    flag('--max-in-flight-bytes <number>', 'reviews beyond this, together with all that are being read, are refused')
      .argParser(byteCount)
      .default(serveDefaults.maxInFlightBytes),
    flag('--max-connections <number>', 'connections beyond this are closed at once')
      .argParser((text) => wholeNumber(text, 1, 100_000))
      .default(serveDefaults.maxConnections),
    flag('--keep-alive-timeout <duration>', 'idle connections are kept this long; above the API server’s 90s')
      .argParser((text) => duration(text, '91s', '1h'))
      .default(serveDefaults.keepAliveTimeout, '120s'),
    flag('--shutdown-drain <duration>', 'after SIGTERM: not ready, but serving for this long')
      .argParser((text) => duration(text, '0s', '1h'))
      .default(serveDefaults.shutdownDrain, '0s'),
    flag('--log-level <level>', 'denials are logged at info, allowed reviews at debug')
      .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default(serveDefaults.logLevel),
    flag('--log-denials <boolean>', 'whether denials are logged')
      .choices(['true', 'false'])
      .argParser(truth)
      .default(serveDefaults.logDenials),
  ];
}

/** Certificates that the replicas issue themselves, from a CA in a Secret. */
function selfManagedOptions(): readonly Option[] {
  return [
    flag('--self-managed-secret <namespace/name>', 'issue certificates from the CA in this Secret, and rotate it'),
    flag('--webhook-configuration <kind/name>', 'keep its caBundle: validating/NAME or mutating/NAME; may be repeated')
      .argParser(listOf((text) => text))
      .default([], 'none'),
    flag('--serving-name <name>', 'DNS name or IP address that API servers call; may be repeated')
      .argParser(listOf((text) => text))
      .default([], 'none'),
    flag('--ca-lifetime <duration>', 'of a self-managed CA; replaced after two thirds')
      .argParser((text) => duration(text, '30s', '87600h'))
      .default(serveDefaults.caLifetime, '8760h'),
    flag('--serving-lifetime <duration>', 'of a self-managed serving certificate; renewed after two thirds')
      .argParser((text) => duration(text, '5s', '8760h'))
      .default(serveDefaults.servingLifetime, '168h'),
    flag('--rotation-overlap <duration>', 'how long a new CA is trusted before it signs')
      .argParser((text) => duration(text, '1s', '720h'))
      .default(serveDefaults.rotationOverlap, '10m'),
    kubeconfigOption(),
  ];
}

function kubeconfigOption(): Option {
  return flag('--kubeconfig <file>', 'how to reach the API server (default: the credentials of the pod)');
}

/** What is printed as ValidatingAdmissionPolicies, and whom they do not bind. */
function floorOptions(): readonly Option[] {
  return [
    policyOption(),
    flag('--name <name>', 'what the names of all objects begin with')
      .argParser(objectName)
      .default('endpoints-webhook-floor'),
    flag('--kubernetes-version <version>', 'that of the cluster’s oldest API server, from 1.30')
      .argParser(minorVersion)
      .default(33, '1.33'),
    flag('--leave-out <rule>', 'a rule that is left to the webhook; may be repeated')
      .argParser(listOf(ruleId))
      .default([], 'none'),
    flag('--exempt-namespace <name>', 'not guarded, besides kube-system and kube-node-lease; may be repeated')
      .argParser(listOf((text) => text))
      .default([], 'none'),
    flag('--exempt-user <name>', 'not bound, besides the control plane’s users; may be repeated')
      .argParser(listOf((text) => text))
      .default([], 'none'),
  ];
}

function policyOption(): Option {
  return flag('--policy <file>', 'policy file (default: the documented rules)');
}

function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`EPW_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

function objectName(text: string): string {
  if (/^[a-z0-9](?:[-a-z0-9.]{0,198}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of an object, such as endpoints-webhook-floor.');
}

function minorVersion(text: string): number {
  const minor = Number(/^v?1\.([1-9]\d)(?:\.\d+)?$/.exec(text)?.[1]);
  if (minor >= 30) return minor;
  throw new InvalidArgumentError('Give a version of Kubernetes such as 1.33, from 1.30.');
}

function ruleId(text: string): string {
  const ids = [wellFormed, ...rules].map(({ id }) => id);
  if (ids.includes(text)) return text;
  throw new InvalidArgumentError(`Give the id of a rule, one of ${ids.join(', ')}.`);
}

function portNumber(text: string): number {
  return wholeNumber(text, 0, 65_535);
}

function byteCount(text: string): number {
  return wholeNumber(text, 1024, 1024 * 1024 * 1024);
}

/** Repeatable, or one value with commas, as an environment variable has to have it. */
function listOf<T>(parse: (text: string) => T): (text: string, previous: readonly T[]) => readonly T[] {
  return (text, previous) => [...previous, ...text.split(',').map(parse)];
}

function truth(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Give true or false.');
}

function duration(text: string, least: string, most: string): number {
  const milliseconds = parseDuration(text) ?? Number.NaN;
  if (milliseconds >= (parseDuration(least) ?? 0) && milliseconds <= (parseDuration(most) ?? 0)) return milliseconds;
  throw new InvalidArgumentError(`Give a duration such as 90s or 1h30m, from ${least} to ${most}.`);
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
}

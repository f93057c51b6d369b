import { type Command, InvalidArgumentError, type Option } from 'commander';
import { type ServeOptions, serveDefaults } from '../serve/serve-options.ts';
import { createCommand } from './command.ts';
import {
  createFlag,
  createKubeconfigOption,
  createPolicyOption,
  listOf,
  parseDurationFlag,
  parseShare,
  parseWholeNumber,
} from './flags.ts';

export function createServeCommand(action: (options: ServeOptions) => Promise<void>): Command {
  const command = createCommand('serve', 'answer AdmissionReviews over HTTPS');
  for (const option of serveOptions()) command.addOption(option);
  return command.action((options: ServeOptions) => action(options));
}

function serveOptions(): readonly Option[] {
  return [
    createFlag('--port <number>', 'HTTPS: POST /validate and /mutate; 0 picks a free one')
      .argParser(parsePort)
      .default(serveDefaults.port),
    createFlag('--operations-port <number>', 'plain HTTP: /livez, /readyz, /metrics; 0 picks a free one')
      .argParser(parsePort)
      .default(serveDefaults.operationsPort),
    createFlag(
      '--bind-address <address>',
      'address both listen on; :: falls back to 0.0.0.0 on machines without IPv6',
    ).default(serveDefaults.bindAddress),
    createPolicyOption(),
    createFlag('--tls-cert-file <file>', 'PEM certificate chain (default: a self-signed certificate for localhost)'),
    createFlag('--tls-private-key-file <file>', 'PEM private key of that certificate'),
    createFlag('--tls-min-version <version>', 'oldest TLS version')
      .choices(['TLSv1.2', 'TLSv1.3'])
      .default(serveDefaults.tlsMinVersion),
    ...selfManagedOptions(),
    ...limitOptions(),
    createFlag(
      '--keep-alive-timeout <duration>',
      'how long idle connections are kept; longer than the API server’s 90s',
    )
      .argParser((text) => parseDurationFlag(text, '91s', '1h'))
      .default(serveDefaults.keepAliveTimeout, '120s'),
    createFlag('--shutdown-drain <duration>', 'how long to serve after SIGTERM, reported as not ready')
      .argParser((text) => parseDurationFlag(text, '0s', '1h'))
      .default(serveDefaults.shutdownDrain, '0s'),
    createFlag('--log-level <level>', 'denials are logged at info, allowed reviews at debug')
      .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default(serveDefaults.logLevel),
    createFlag('--log-denials <boolean>', 'whether denials are logged')
      .choices(['true', 'false'])
      .argParser(parseBoolean)
      .default(serveDefaults.logDenials),
  ];
}

/** What requests and connections may take. */
function limitOptions(): readonly Option[] {
  return [
    createFlag('--max-request-bytes <number>', 'size limit of a request body; checked at start against the heap')
      .argParser(parseByteCount)
      .default(serveDefaults.maxRequestBytes),
    createFlag(
      '--max-in-flight-bytes <number>',
      'total size of request bodies and answers held in memory; requests beyond it get 429',
    )
      .argParser(parseByteCount)
      .default(serveDefaults.maxInFlightBytes),
    createFlag(
      '--max-connections <number>',
      'connection limit; a new one beyond it replaces one without a request, or is closed at once',
    )
      .argParser((text) => parseWholeNumber(text, 1, 100_000))
      .default(serveDefaults.maxConnections),
    createFlag(
      '--max-share-per-client <number>',
      'part of the connections and of the in-flight bytes that one client address may have; 1 for all, where a proxy makes many clients one',
    )
      .argParser(parseShare)
      .default(serveDefaults.maxSharePerClient),
  ];
}

/** Certificates that the replicas issue themselves, from a CA in a Secret. */
function selfManagedOptions(): readonly Option[] {
  return [
    createFlag(
      '--self-managed-secret <namespace/name>',
      'issue certificates from the CA in this Secret, and rotate it',
    ),
    createFlag(
      '--webhook-configuration <kind/name>',
      'maintain the caBundle of validating/NAME or mutating/NAME; may be repeated',
    )
      .argParser(listOf((text) => text))
      .default([], 'none'),
    createFlag('--serving-name <name>', 'DNS name or IP address by which API servers call the webhook; may be repeated')
      .argParser(listOf((text) => text))
      .default([], 'none'),
    createFlag('--ca-lifetime <duration>', 'lifetime of a self-managed CA, which is replaced after two thirds of it')
      .argParser((text) => parseDurationFlag(text, '30s', '87600h'))
      .default(serveDefaults.caLifetime, '8760h'),
    createFlag(
      '--serving-lifetime <duration>',
      'lifetime of a self-managed serving certificate, which is renewed after two thirds of it',
    )
      .argParser((text) => parseDurationFlag(text, '5s', '8760h'))
      .default(serveDefaults.servingLifetime, '168h'),
    createFlag('--rotation-overlap <duration>', 'how long a new CA is trusted before it signs')
      .argParser((text) => parseDurationFlag(text, '1s', '720h'))
      .default(serveDefaults.rotationOverlap, '10m'),
    createKubeconfigOption(),
  ];
}

function parsePort(text: string): number {
  return parseWholeNumber(text, 0, 65_535);
}

function parseByteCount(text: string): number {
  return parseWholeNumber(text, 1024, 1024 * 1024 * 1024);
}

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Give true or false.');
}

import { InvalidArgumentError, type Option } from 'commander';
import { serveDefaults } from '../serve/serve-options.ts';
import { duration, flag, kubeconfigOption, listOf, policyOption, wholeNumber } from './flags.ts';

export function serveOptions(): readonly Option[] {
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
    flag('--tls-cert-file <file>', 'PEM certificate chain (default: a self-signed certificate for localhost)'),
    flag('--tls-private-key-file <file>', 'PEM private key of that certificate'),
    flag('--tls-min-version <version>', 'oldest TLS version')
      .choices(['TLSv1.2', 'TLSv1.3'])
      .default(serveDefaults.tlsMinVersion),
    ...selfManagedOptions(),
    flag('--max-request-bytes <number>', 'larger reviews are refused; checked at start against the heap')
      .argParser(byteCount)
      .default(serveDefaults.maxRequestBytes),
    flag(
      '--max-in-flight-bytes <number>',
      'reviews beyond this, together with all that are not answered yet, are refused',
    )
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

function portNumber(text: string): number {
  return wholeNumber(text, 0, 65_535);
}

function byteCount(text: string): number {
  return wholeNumber(text, 1024, 1024 * 1024 * 1024);
}

function truth(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Give true or false.');
}

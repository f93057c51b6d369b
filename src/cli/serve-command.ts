import { type Command, InvalidArgumentError, type Option } from 'commander';
import { logLevels, type ServeOptions, serveDefaults } from '../serve/serve-options.ts';
import { createCertificateFlags } from './certificate-flags.ts';
import { createCommand } from './command.ts';
import {
  createFlag,
  createPolicyOption,
  createServiceLabelsFlag,
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
    createFlag('--port <number>', 'HTTPS: POST /validate, /validate/adopting and /mutate; 0 picks a free one')
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
    createFlag(
      '--last-good-policy <file>',
      'file in which the policy in force is kept, for a start that finds an invalid one (default: none)',
    ),
    createFlag(
      '--audit-summary <file>',
      'file of a ConfigMap that audit --summary-config-map writes: shown as metrics (default: none)',
    ),
    createServiceLabelsFlag(),
    ...createCertificateFlags(),
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
      .choices(logLevels)
      .default(serveDefaults.logLevel),
    createFlag(
      '--log-level-file <file>',
      'file that holds another log level, read every 10s and on SIGHUP; without it, or while it is empty, --log-level counts (default: none)',
    ),
    createFlag('--log-denials <boolean>', 'whether denials are logged')
      .choices(['true', 'false'])
      .argParser(parseBoolean)
      .default(serveDefaults.logDenials),
  ];
}

/** Computed at start where they are not given; what is given and does not fit is refused. */
function limitOptions(): readonly Option[] {
  return [
    createFlag(
      '--max-request-bytes <number>',
      'size limit of a request body (default: computed from the heap, 3 to 8 MiB)',
    ).argParser(parseByteCount),
    createFlag(
      '--max-in-flight-bytes <number>',
      'total size of request bodies and answers held in memory; requests beyond it get 429 (default: computed from the memory limit, 12 to 256 MiB)',
    ).argParser(parseByteCount),
    createFlag(
      '--max-connections <number>',
      'connection limit; a new one beyond it replaces one without a request, or is closed at once (default: computed from the memory limit, 100 to 5000)',
    ).argParser((text) => parseWholeNumber(text, 1, 100_000)),
    createFlag(
      '--max-share-per-client <number>',
      'part of the connections and of the in-flight bytes that one client address may have; 1 for all, where a proxy makes many clients one',
    )
      .argParser(parseShare)
      .default(serveDefaults.maxSharePerClient),
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

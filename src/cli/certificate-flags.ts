import { InvalidArgumentError, type Option } from 'commander';
import { serveDefaults } from '../serve/serve-options.ts';
import { createFlag, createKubeconfigOption, listOf, parseDurationFlag, parseVisibleName } from './flags.ts';

/** What `serve` presents to its clients, and what they have to present. */
export function createCertificateFlags(): readonly Option[] {
  return [
    createFlag('--tls-cert-file <file>', 'PEM certificate chain (default: a self-signed certificate for localhost)'),
    createFlag('--tls-private-key-file <file>', 'PEM private key of that certificate'),
    createFlag('--tls-min-version <version>', 'oldest TLS version')
      .choices(['TLSv1.2', 'TLSv1.3'])
      .default(serveDefaults.tlsMinVersion),
    ...clientOptions(),
    ...selfManagedOptions(),
  ];
}

/** Which API servers are answered. */
function clientOptions(): readonly Option[] {
  return [
    createFlag(
      '--client-ca-file <file>',
      'PEM: answer only clients with a certificate of one of these CAs; read again when it changes',
    ),
    createFlag(
      '--client-name <name>',
      'common name, DNS name or IP address that this certificate must have; may be repeated',
    )
      .argParser(listOf(parseClientName))
      .default([], 'none'),
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
      'validating/NAME or mutating/NAME: report what others change in it, and maintain its caBundle if self-managed; may be repeated',
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

/** An empty name would be that of a certificate without a common name. */
function parseClientName(text: string): string {
  const name = parseVisibleName(text.trim());
  if (name === '') throw new InvalidArgumentError('Give a name that is not empty.');
  return name;
}

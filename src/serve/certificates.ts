import type { Logger } from 'pino';
import { createFileSource } from '../certificates/files.ts';
import type { CertificateEvents, CertificateSource } from '../certificates/source.ts';
import { UsageError } from '../cli/usage-error.ts';
import { parseConfigurationNames } from './configuration-names.ts';
import type { SharedConnection } from './shared-connection.ts';

export interface CertificateOptions {
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  /** `namespace/name` */
  readonly selfManagedSecret?: string;
  /** `validating/name` or `mutating/name` */
  readonly webhookConfiguration: readonly string[];
  readonly servingName: readonly string[];
  /** Milliseconds, as the other durations. */
  readonly caLifetime: number;
  readonly servingLifetime: number;
  readonly rotationOverlap: number;
}

/** The source that the flags ask for. Rejects with a UsageError, CertificateError or ClusterError where they contradict each other or cannot be used. */
export async function createCertificateSource(
  options: CertificateOptions,
  events: CertificateEvents,
  log: Logger,
  sharedConnection: SharedConnection,
): Promise<CertificateSource> {
  const { tlsCertFile: certificateFile, tlsPrivateKeyFile: privateKeyFile, selfManagedSecret } = options;
  const files = certificateFile !== undefined || privateKeyFile !== undefined;
  if (selfManagedSecret !== undefined) {
    if (files) throw new UsageError('--self-managed-secret and --tls-cert-file exclude each other: give one of them');
    return startSelfManaged(options, selfManagedSecret, events, log, sharedConnection);
  }
  if (certificateFile !== undefined && privateKeyFile !== undefined)
    return createFileSource({ certificateFile, privateKeyFile }, events, log);
  if (files) throw new UsageError('--tls-cert-file and --tls-private-key-file belong together: give both or neither');
  const { issueSelfSigned } = await import('../certificates/issue.ts');
  log.warn('no TLS files given: serving a self-signed certificate for localhost that ends with this process');
  events.present(await issueSelfSigned(new Date()));
  return { notReady: () => undefined, close() {} };
}

async function startSelfManaged(
  options: CertificateOptions,
  selfManagedSecret: string,
  events: CertificateEvents,
  log: Logger,
  sharedConnection: SharedConnection,
): Promise<CertificateSource> {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(selfManagedSecret) ?? [];
  if (namespace === undefined || name === undefined)
    throw new UsageError(`--self-managed-secret ${selfManagedSecret}: give namespace/name`);
  const { caLifetime: authority, servingLifetime: serving, rotationOverlap: overlap } = options;
  if (authority < 3 * (serving + overlap))
    throw new UsageError(
      '--ca-lifetime must be at least three times --serving-lifetime and --rotation-overlap together: a CA is replaced after two thirds of its life, and what it signed has to end within the last',
    );
  if (options.servingName.length === 0)
    throw new UsageError(
      '--self-managed-secret needs --serving-name: the name that API servers call, as in web.shop.svc',
    );
  const names = parseConfigurationNames(options.webhookConfiguration);
  const [connection, { createSecretStore }, { createWebhookConfigurations }, { createSelfManagedSource }] =
    await Promise.all([
      sharedConnection.open(),
      import('../cluster/secret.ts'),
      import('../cluster/webhooks.ts'),
      import('../certificates/self-managed.ts'),
    ]);
  return createSelfManagedSource({
    secret: createSecretStore(connection, namespace, name),
    configurations: createWebhookConfigurations(connection),
    names,
    servingNames: options.servingName,
    lifetimes: { authority, serving, overlap },
    log,
    events,
  });
}

import type { Connection } from './connection.ts';
import { attempt, type Outcome } from './outcome.ts';
import { AdmissionregistrationV1Api, PatchStrategy, setHeaderOptions } from './packages.ts';

/** A configuration object that sends requests to us. */
export interface ConfigurationName {
  readonly kind: 'validating' | 'mutating';
  readonly name: string;
}

/** What of a configuration concerns the certificates. */
export interface WebhookConfiguration {
  readonly resourceVersion: string;
  /** PEM of each webhook's `caBundle`; empty where there is none. */
  readonly webhooks: readonly { readonly name: string; readonly caBundle: string }[];
}

export interface WebhookConfigurations {
  read(configuration: ConfigurationName): Promise<Outcome<WebhookConfiguration>>;
  /**
   * Sets the `caBundle` of every webhook of the configuration as it was read, by a strategic merge patch: a server-side apply would
   * own an item that makes later upgrades fail. 'conflict' when somebody has written the object since.
   */
  publish(configuration: ConfigurationName, seen: WebhookConfiguration, caBundle: string): Promise<Outcome<void>>;
}

const fieldManager = 'endpoints-webhook-certs';

export function createWebhookConfigurations(connection: Connection): WebhookConfigurations {
  const api = new AdmissionregistrationV1Api(connection.configuration);
  return {
    read: ({ kind, name }) =>
      attempt(async () => {
        const read =
          kind === 'validating'
            ? await api.readValidatingWebhookConfiguration({ name })
            : await api.readMutatingWebhookConfiguration({ name });
        return {
          resourceVersion: read.metadata?.resourceVersion ?? '',
          webhooks: (read.webhooks ?? []).map((webhook) => ({
            name: webhook.name,
            caBundle: Buffer.from(webhook.clientConfig.caBundle ?? '', 'base64').toString('latin1'),
          })),
        };
      }, connection),
    publish: ({ kind, name }, seen, caBundle) =>
      attempt(async () => {
        const encoded = Buffer.from(caBundle, 'latin1').toString('base64');
        const body = {
          metadata: { resourceVersion: seen.resourceVersion },
          webhooks: seen.webhooks.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle: encoded } })),
        };
        const options = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
        if (kind === 'validating') await api.patchValidatingWebhookConfiguration({ name, body, fieldManager }, options);
        else await api.patchMutatingWebhookConfiguration({ name, body, fieldManager }, options);
      }, connection),
  };
}

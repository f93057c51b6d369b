import type { Connection } from './connection.ts';
import { attempt, type Outcome } from './outcome.ts';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from './packages.ts';

/** A Secret as it was read. */
export interface SecretContent {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What to write; `null` removes a key. */
export interface SecretChange {
  readonly data: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** One Secret, read and changed but never created. */
export interface SecretStore {
  /** `namespace/name`, for messages. */
  readonly name: string;
  read(): Promise<Outcome<SecretContent>>;
  /** Changes the Secret as it was read: 'conflict' when somebody has written it since. Resolves to what it is now. */
  change(seen: SecretContent, change: SecretChange): Promise<Outcome<SecretContent>>;
}

const fieldManager = 'endpoints-webhook-certs';

export function createSecretStore(connection: Connection, namespace: string, name: string): SecretStore {
  const api = new CoreV1Api(connection.configuration);
  return {
    name: `${namespace}/${name}`,
    read: () => attempt(async () => contentOf(await api.readNamespacedSecret({ namespace, name })), connection),
    change: ({ resourceVersion }, { data, annotations }) =>
      attempt(async () => {
        const encoded = Object.entries(data).map(([key, value]) => [
          key,
          value === null ? null : Buffer.from(value, 'utf8').toString('base64'),
        ]);
        const body = { metadata: { resourceVersion, annotations }, data: Object.fromEntries(encoded) };
        return contentOf(
          await api.patchNamespacedSecret(
            { namespace, name, body, fieldManager },
            setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
          ),
        );
      }, connection),
  };
}

type Secret = Awaited<ReturnType<CoreV1Api['readNamespacedSecret']>>;

function contentOf({ metadata, data }: Secret): SecretContent {
  return {
    resourceVersion: metadata?.resourceVersion ?? '',
    annotations: metadata?.annotations ?? {},
    data: Object.fromEntries(
      Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    ),
  };
}

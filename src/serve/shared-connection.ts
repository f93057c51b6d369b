import type { Connection } from '../cluster/connection.ts';
import type { Environment } from '../cluster/credentials.ts';

/** The one connection to the API server that all parts of a process use. */
export interface SharedConnection {
  /** Loads the client and connects, the first time. Rejects with a ClusterError where there is nothing to connect with. */
  open(): Promise<Connection>;
  /** Ends whatever is under way. */
  close(): Promise<void>;
}

export function createSharedConnection(
  kubeconfig: string | undefined,
  environment: Environment = {},
  tell?: (text: string) => void,
): SharedConnection {
  let opening: Promise<Connection> | undefined;
  return {
    open() {
      opening ??= import('../cluster/connection.ts').then(({ connect }) =>
        connect(kubeconfig, undefined, { environment, ...(tell && { tell }) }),
      );
      return opening;
    },
    async close() {
      await opening?.then((connection) => connection.close()).catch(() => {});
    },
  };
}

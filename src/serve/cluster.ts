import type { Connection } from '../cluster/connection.ts';

/** The connection to the API server that everything of a process shares. */
export interface Cluster {
  /** Loads the client and connects, the first time. Rejects with a ClusterError where there is nothing to connect with. */
  connection(): Promise<Connection>;
  /** Ends whatever is under way. */
  close(): Promise<void>;
}

export function clusterOf(kubeconfig: string | undefined): Cluster {
  let connecting: Promise<Connection> | undefined;
  return {
    connection() {
      connecting ??= import('../cluster/connection.ts').then(({ connect }) => connect(kubeconfig));
      return connecting;
    },
    async close() {
      await connecting?.then((connection) => connection.close()).catch(() => {});
    },
  };
}

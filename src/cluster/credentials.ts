import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { ClusterError } from './cluster-error.ts';

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a pod finds its credentials. */
const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
const podToken = `${folder}/token`;

/** Whether there is anything to connect with; tells so without loading a client. */
export function hasCredentials(kubeconfig: string | undefined): boolean {
  return kubeconfig !== undefined || existsSync(podToken);
}

export interface PodCredentials {
  readonly server: URL;
  readonly authorityFile: string;
  readonly tokenFile: string;
}

/** Throws a ClusterError outside a pod. */
export function podCredentials({
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port,
}: Environment): PodCredentials {
  if (!hasCredentials(undefined))
    throw new ClusterError(
      `not inside a pod (there is no ${podToken}): name the cluster with --kubeconfig, no default file is read`,
    );
  const server = host && port ? URL.parse(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`) : null;
  if (!server)
    throw new ClusterError('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which a pod has, name no API server');
  return { server, authorityFile: `${folder}/ca.crt`, tokenFile: podToken };
}

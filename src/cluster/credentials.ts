import { existsSync } from 'node:fs';

/** Where a pod finds its credentials. */
export const podToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Whether there is anything to connect with; tells so without loading a client. */
export function hasCredentials(kubeconfig: string | undefined): boolean {
  return kubeconfig !== undefined || existsSync(podToken);
}

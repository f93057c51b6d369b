import { type ClusterEntry, readCluster } from './cluster-entry.ts';
import { ClusterError } from './cluster-error.ts';
import type { PodCredentials } from './credentials.ts';
import { readEntry } from './entry-fields.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { readUser, type UserEntry } from './user-entry.ts';

/** One API server, and who asks it. */
export interface Target {
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  /** Whether it is the API server of the cluster that we run in: no proxy of the environment is meant for it. */
  readonly ownCluster: boolean;
}

/** What a context of the kubeconfig names; without one, its current context. Throws a ClusterError. */
export function findTarget(kubeconfig: Kubeconfig, context: string | undefined): Target {
  const { name, contexts, clusters, users } = kubeconfig;
  const chosen = context || kubeconfig.currentContext;
  if (chosen === undefined)
    throw new ClusterError(
      `${name} names no cluster for its current context, which is not set: give --context, ${oneOf(contexts)}`,
    );
  const entry = contexts.get(chosen);
  if (!entry) throw new ClusterError(`there is no context ${chosen}: ${oneOf(contexts)} in ${name}`);
  const fields = readEntry(entry.value, `the context ${chosen} of ${name}`);
  const clusterName = fields.text('cluster') ?? fields.refuse('names no cluster');
  const cluster =
    clusters.get(clusterName) ??
    fields.refuse(`names no cluster that is there: ${clusterName}, not ${oneOf(clusters)}`);
  const userName = fields.text('user');
  const user = userName === undefined ? nobody : users.get(userName);
  if (!user) return fields.refuse(`names no user that is there: ${userName}, not ${oneOf(users)}`);
  return refuseSilence({
    cluster: readCluster(cluster, `the cluster ${clusterName} of ${name}`),
    user: readUser(
      user,
      userName === undefined ? `the context ${chosen} of ${name}` : `the user ${userName} of ${name}`,
    ),
    ownCluster: false,
  });
}

const nobody = { value: {}, folder: '' };

/** The cluster that a pod runs in. */
export function podTarget({ server, authorityFile, tokenFile }: PodCredentials): Target {
  const place = 'the service account of the pod';
  const cluster = { place, server, authority: { file: authorityFile }, insecure: false, disableCompression: false };
  const none = { serverName: undefined, proxyUrl: undefined, pluginConfig: undefined };
  const unused = { token: undefined, basic: undefined, certificate: undefined, plugin: undefined };
  return {
    cluster: { ...cluster, ...none },
    user: { place, tokenFile, ...unused, impersonation: undefined },
    ownCluster: true,
  };
}

/**
 * Nobody is asked for a password here, and nothing goes out without the proof that the file means: kubectl sends none by http, and so do
 * we but to this machine, where a proxy such as `kubectl proxy` listens.
 */
function refuseSilence(target: Target): Target {
  const { cluster, user } = target;
  const hasProof = Boolean(user.token ?? user.tokenFile ?? user.basic ?? user.certificate ?? user.plugin);
  if (cluster.server.protocol === 'https:') {
    if (!hasProof)
      throw new ClusterError(`${user.place} has no credentials: write a token, a client certificate or an exec plugin`);
  } else if (user.certificate) {
    throw new ClusterError(
      `${user.place} has a client-certificate, which cannot be sent by http: ${cluster.place} has to have an https server`,
    );
  } else if (hasProof && !staysHere(cluster))
    throw new ClusterError(
      `${user.place} has credentials, which are not sent by http: ${cluster.place} has to have an https server`,
    );
  return target;
}

function staysHere({ server, proxyUrl }: ClusterEntry): boolean {
  return proxyUrl === undefined && /^(localhost|127\.[0-9.]+|\[::1\])$/.test(server.hostname);
}

function oneOf(entries: ReadonlyMap<string, unknown>): string {
  return `one of ${[...entries.keys()].join(', ') || 'none'}`;
}

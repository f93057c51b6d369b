import { isatty } from 'node:tty';
import type { ClusterEntry } from './cluster-entry.ts';
import { ClusterError } from './cluster-error.ts';
import type { Environment } from './credentials.ts';
import { readPemSource } from './pem.ts';
import type { Plugin } from './plugin-entry.ts';
import { type PluginCredentials, readPluginOutput } from './plugin-output.ts';
import { runPlugin, type Tell } from './run-plugin.ts';
import { urlText } from './url-text.ts';

export interface PluginRunning {
  /** The variables of the process. */
  readonly environment: Environment;
  /** Milliseconds. */
  readonly timeout: number;
  readonly tell: Tell;
}

/**
 * The credentials that a plugin prints, kept until they expire or are not accepted. Not with the client's own way: that tells the plugin
 * nothing of the call, looks for a relative command elsewhere, and waits for it without end.
 */
export function createPluginCredentials(
  plugin: Plugin,
  cluster: ClusterEntry,
  { environment, timeout, tell }: PluginRunning,
) {
  let kept: PluginCredentials | undefined;
  let running: Promise<PluginCredentials> | undefined;

  async function run(): Promise<PluginCredentials> {
    const interactive = plugin.interactiveMode !== 'Never' && isatty(0);
    if (plugin.interactiveMode === 'Always' && !interactive)
      throw new ClusterError(`${plugin.place} has the interactiveMode Always, and standard input is no terminal`);
    const info = JSON.stringify(describeCall(plugin, cluster, interactive));
    const variables = { ...environment, ...plugin.environment, KUBERNETES_EXEC_INFO: info };
    const output = await runPlugin(plugin, { path: environment.PATH, variables, interactive, timeout, tell });
    kept = readPluginOutput(output, plugin);
    return kept;
  }

  return {
    /** Rejects with a ClusterError. One plugin runs at a time, for all calls that wait for it. */
    async get(): Promise<PluginCredentials> {
      if (kept && kept.expires > Date.now()) return kept;
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
    renew(): void {
      kept = undefined;
    },
  };
}

/** An ExecCredential, with its fields in the order in which kubectl writes them. */
function describeCall({ apiVersion, provideClusterInfo }: Plugin, cluster: ClusterEntry, interactive: boolean) {
  const spec = { ...(provideClusterInfo && { cluster: describeCluster(cluster) }), interactive };
  return { kind: 'ExecCredential', apiVersion, spec };
}

function describeCluster(cluster: ClusterEntry) {
  const { authority, place } = cluster;
  const pem = authority && readPemSource(authority, 'certificate-authority', place);
  return {
    server: urlText(cluster.server),
    'tls-server-name': cluster.serverName,
    'insecure-skip-tls-verify': cluster.insecure || undefined,
    'certificate-authority-data': pem && Buffer.from(pem, 'utf8').toString('base64'),
    'proxy-url': cluster.proxyUrl,
    'disable-compression': cluster.disableCompression || undefined,
    config: cluster.pluginConfig ?? null,
  };
}

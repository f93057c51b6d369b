import type { RequestOptions } from 'node:https';
import { createConfiguration, KubeConfig, type RequestContext, ServerConfiguration } from '@kubernetes/client-node';
import { Agent } from 'undici';
import { ClusterError } from './cluster-error.ts';
import { hasCredentials, podToken } from './credentials.ts';

/** The client itself has no time limit. */
const callTimeoutMilliseconds = 5000;

/** A connection pool to one API server, as the generated API classes want it. */
export interface Connection {
  /** The API server's host and port, for people. */
  readonly host: string;
  readonly configuration: ReturnType<typeof createConfiguration>;
  close(): Promise<void>;
}

/**
 * Connects with the credentials of the pod, or with those of a kubeconfig file that was named: never with a default file, which
 * may lead to another cluster. `context`: another of that file than its current one. Throws a ClusterError where there are none.
 * Nothing is sent yet.
 */
export function connect(kubeconfig: string | undefined, context?: string): Connection {
  const config = loadConfig(kubeconfig);
  if (context !== undefined) useContext(config, context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined)
    throw new ClusterError(
      `${kubeconfig ?? 'the pod'} names no cluster for ${context === undefined ? 'its current context' : `the context ${context}`}`,
    );
  let pool: { readonly trust: string; readonly agent: Agent } | undefined;

  /** One pool for all calls, made anew when what it has to present or to trust has changed: a pod's CA file may. */
  function agentFor(options: RequestOptions): Agent {
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const trust = [ca, cert, key].join('\n');
    if (pool?.trust === trust) return pool.agent;
    pool?.agent.close().catch(() => {});
    const given = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
      ([, value]) => value != null,
    );
    const agent = new Agent({
      connect: { ...Object.fromEntries(given), timeout: callTimeoutMilliseconds },
      connections: 8,
      allowH2: false, // a call that is given up frees its socket; a dead HTTP/2 session would swallow the calls after it
      keepAliveTimeout: 30_000,
      headersTimeout: callTimeoutMilliseconds,
      bodyTimeout: callTimeoutMilliseconds,
    });
    pool = { trust, agent };
    return agent;
  }

  const authentication = {
    getName: () => 'kubeconfig',
    async applySecurityAuthentication(context: RequestContext) {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      for (const [name, value] of Object.entries(options.headers ?? {})) context.setHeaderParam(name, String(value));
      context.setDispatcher(agentFor(options));
      context.setSignal(AbortSignal.timeout(callTimeoutMilliseconds));
    },
  };
  return {
    host: URL.parse(server)?.host ?? server,
    configuration: createConfiguration({
      baseServer: new ServerConfiguration(server, {}),
      authMethods: { default: authentication },
    }),
    close: async () => pool?.agent.destroy(),
  };
}

function useContext(config: KubeConfig, context: string): void {
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context))
    throw new ClusterError(`there is no context ${context}: one of ${known.join(', ') || 'none'}`);
  config.setCurrentContext(context);
}

function loadConfig(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig !== undefined) {
    try {
      config.loadFromFile(kubeconfig);
    } catch (cause) {
      throw new ClusterError(
        `cannot read the kubeconfig ${kubeconfig} (${firstLine(cause instanceof Error ? cause.message : String(cause))})`,
        {
          cause,
        },
      );
    }
  } else if (hasCredentials(undefined)) config.loadFromCluster();
  else
    throw new ClusterError(
      `not inside a pod (there is no ${podToken}): name the cluster with --kubeconfig, no default file is read`,
    );
  return config;
}

/** What a YAML parser says next is a piece of the file, which holds secrets. */
function firstLine(text: string): string {
  return text.split('\n', 1).join('');
}

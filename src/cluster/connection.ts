import { ClusterError } from './cluster-error.ts';
import { type Environment, podCredentials } from './credentials.ts';
import type { Headers } from './headers.ts';
import { createIdentity } from './identity.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { createConfiguration, type Dispatcher, type RequestContext, ServerConfiguration } from './packages.ts';
import { createPool } from './pool.ts';
import { findProxy } from './proxy.ts';
import type { Tell } from './run-plugin.ts';
import { findTarget, podTarget, type Target } from './target.ts';
import { urlText } from './url-text.ts';

/** The client itself has no time limit. */
const callTimeoutMilliseconds = 5000;

/** A connection pool to one API server, as the generated API classes want it. */
export interface Connection {
  /** The API server's host and port, for people. */
  readonly host: string;
  /** What calls go through, for people. */
  readonly proxy: string | undefined;
  readonly configuration: ReturnType<typeof createConfiguration>;
  /** To be called when the API server did not accept the credentials: a plugin is asked anew for the next call. */
  renew(): void;
  close(): Promise<void>;
}

interface Options {
  /** The variables of the process: proxies, and what a credential plugin gets. */
  readonly environment?: Environment;
  /** Milliseconds that a credential plugin may take. */
  readonly pluginTimeout?: number;
  /** Is given what a credential plugin says; dropped where absent. */
  readonly tell?: Tell;
}

/**
 * Connects with the credentials of the pod, or with those of a kubeconfig file that was named, or of a list of files: never with a
 * default file, which may lead to another cluster. `context`: another than the current one. Throws a ClusterError where there are none,
 * or where they say something that cannot be honoured. Nothing is sent yet.
 */
export function connect(
  kubeconfig: string | readonly string[] | undefined,
  context?: string,
  { environment = {}, pluginTimeout: timeout = 60_000, tell = () => {} }: Options = {},
): Connection {
  const target = chooseTarget(kubeconfig, context, environment);
  const { server, disableCompression } = target.cluster;
  const proxy = findProxy(target, environment);
  const identity = createIdentity(target, { environment, timeout, tell });
  const pool = createPool(target, proxy, callTimeoutMilliseconds);
  const authentication = {
    getName: () => 'kubeconfig',
    async applySecurityAuthentication(context: RequestContext) {
      const presented = await identity.present();
      const headers = { ...presented.headers, ...(disableCompression && { 'accept-encoding': 'identity' }) };
      context.setDispatcher(pool.get(presented).compose(addHeaders(headers, server.origin)));
      context.setSignal(AbortSignal.timeout(callTimeoutMilliseconds));
    },
  };
  return {
    host: server.host,
    proxy: proxy?.name,
    configuration: createConfiguration({
      baseServer: new ServerConfiguration(urlText(server), {}),
      authMethods: { default: authentication },
    }),
    renew: identity.renew,
    close: pool.close,
  };
}

function chooseTarget(
  kubeconfig: string | readonly string[] | undefined,
  context: string | undefined,
  environment: Environment,
): Target {
  if (kubeconfig !== undefined) return findTarget(readKubeconfig(kubeconfig), context);
  const target = podTarget(podCredentials(environment));
  if (context !== undefined) throw new ClusterError(`there is no context ${context} in a pod: give --kubeconfig`);
  return target;
}

/** On the way out, since the client knows no header that is sent more than once. Credentials never follow a redirect elsewhere. */
function addHeaders(headers: Headers, origin: string): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    if (String(options.origin) !== origin) throw new ClusterError('the API server redirects to another server');
    return dispatch({ ...options, headers: Object.assign({}, options.headers, headers) }, handler);
  };
}

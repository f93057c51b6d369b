import { ClusterError } from './cluster-error.ts';
import { type Environment, podCredentials } from './credentials.ts';
import type { Headers } from './headers.ts';
import { createIdentity } from './identity.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { createConfiguration, type Dispatcher, type RequestContext, request, ServerConfiguration } from './packages.ts';
import { createPool, type ServerPool } from './pool.ts';
import { findProxy } from './proxy.ts';
import type { Tell } from './run-plugin.ts';
import { findTarget, podTarget, type Target } from './target.ts';
import { urlText } from './url-text.ts';

/** The client itself has no time limit. */
const callTimeoutMilliseconds = 5000;

/** Calls share a few connections. What is streamed lasts: it has its own, so that no call waits for it. */
const [callLimits, streamLimits] = [
  { connections: 8, timeout: callTimeoutMilliseconds, bodyTimeout: callTimeoutMilliseconds },
  { connections: 32, timeout: callTimeoutMilliseconds, bodyTimeout: 0 },
];

/** A connection pool to one API server, as the generated API classes want it. */
export interface Connection {
  /** The API server's host and port, for people. */
  readonly host: string;
  /** What calls go through, for people. */
  readonly proxy: string | undefined;
  readonly configuration: ReturnType<typeof createConfiguration>;
  /** Sends a GET whose answer may take as long as it wants: `signal` ends it. Rejects where there is none. */
  stream(path: string, limits: StreamLimits): Promise<StreamedResponse>;
  /** To be called when the API server did not accept the credentials: a plugin is asked anew for the next call. */
  renew(): void;
  close(): Promise<void>;
}

export interface StreamLimits {
  readonly signal: AbortSignal;
  /** Milliseconds until the head of the answer. */
  readonly headersTimeout: number;
}

/** Its body has to be read, or destroyed. */
export type StreamedResponse = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

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
  const pool = createPool(target, proxy, callLimits);
  const streams = createPool(target, proxy, streamLimits);
  async function choose(from: ServerPool): Promise<Dispatcher> {
    const presented = await identity.present();
    const headers = { ...presented.headers, ...(disableCompression && { 'accept-encoding': 'identity' }) };
    return from.get(presented).compose(addHeaders(headers, server.origin));
  }
  const authentication = {
    getName: () => 'kubeconfig',
    async applySecurityAuthentication(context: RequestContext) {
      context.setDispatcher(await choose(pool));
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
    async stream(path, limits) {
      const options = { dispatcher: await choose(streams), headers: { accept: 'application/json' }, ...limits };
      const response = await request(`${urlText(server)}${path}`, options);
      if (response.statusCode === 401) identity.renew();
      return response;
    },
    renew: identity.renew,
    close: async () => void (await Promise.all([pool.close(), streams.close()])),
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

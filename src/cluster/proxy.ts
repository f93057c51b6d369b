import { ClusterError } from './cluster-error.ts';
import type { Environment } from './credentials.ts';
import { isExcepted } from './no-proxy.ts';
import type { Target } from './target.ts';

/** What calls go through. */
export interface ProxyServer {
  readonly url: URL;
  /** For people, without the password. */
  readonly name: string;
}

/**
 * As kubectl: `proxy-url` for every call, else what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. The client reads no variables
 * (kubernetes-client/javascript issue 2161). Never a proxy of the environment for the cluster that we run in. Throws a ClusterError.
 */
export function findProxy({ cluster, ownCluster }: Target, environment: Environment): ProxyServer | undefined {
  const { proxyUrl, server, place } = cluster;
  if (proxyUrl !== undefined) {
    const url = readProxy(proxyUrl, `the proxy-url of ${place}`, kubectlSchemes);
    return { url, name: `${nameOf(url)} (proxy-url)` };
  }
  if (ownCluster || server.hostname.replace(/^\[|\]$/g, '') === environment.KUBERNETES_SERVICE_HOST) return undefined;
  const upper = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const variable = [upper, upper.toLowerCase()].find((name) => environment[name]);
  const text = variable === undefined ? undefined : environment[variable];
  if (variable === undefined || !text) return undefined;
  if (isExcepted(environment.NO_PROXY || environment.no_proxy || '', server)) return undefined;
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = readProxy(written, variable, [...kubectlSchemes, 'socks5h']);
  return { url, name: `${nameOf(url)} (${variable})` };
}

const kubectlSchemes = ['http', 'https', 'socks5'];

function readProxy(text: string, place: string, schemes: readonly string[]): URL {
  const url = URL.parse(text);
  if (!url?.hostname || !isDecodable(url.username + url.password))
    throw new ClusterError(`${place} is no URL of a proxy, such as http://proxy.example.com:3128`);
  if (!schemes.includes(url.protocol.slice(0, -1)))
    throw new ClusterError(`${place} has the scheme ${url.protocol.slice(0, -1)}: one of ${schemes.join(', ')}`);
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function nameOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

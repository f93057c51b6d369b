import { isIP } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { ClusterError } from './cluster-error.ts';
import type { Presented } from './identity.ts';
import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent, SocksClient } from './packages.ts';
import { readPemSource } from './pem.ts';
import type { ProxyServer } from './proxy.ts';
import type { Target } from './target.ts';

/** A pool of connections to one API server, through a proxy if there is one. */
export interface ServerPool {
  /** Made anew when what it has to present or to trust has changed: a pod's CA file may. Throws a ClusterError. */
  get(presented: Presented): Dispatcher;
  close(): Promise<void>;
}

/** Times in milliseconds. */
export interface PoolLimits {
  readonly connections: number;
  /** For connecting, and for the head of an answer. */
  readonly timeout: number;
  /** Between two pieces of an answer; 0 for no limit. */
  readonly bodyTimeout: number;
}

export function createPool({ cluster, user }: Target, proxy: ProxyServer | undefined, limits: PoolLimits): ServerPool {
  let pool: { readonly trust: string; readonly dispatcher: Dispatcher } | undefined;
  return {
    get({ cert, key }) {
      const ca = cluster.authority && readPemSource(cluster.authority, 'certificate-authority', cluster.place);
      const trust = [ca, cert, key].join('\n');
      if (pool?.trust === trust) return pool.dispatcher;
      pool?.dispatcher.close().catch(() => {});
      const certificates = {
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && key !== undefined && { cert, key }),
      };
      checkCertificates(certificates, user.place);
      const tls: Tls = {
        ca: [...getCACertificates('default'), ...getCACertificates('system')],
        ...certificates,
        ...(cluster.serverName !== undefined && { servername: cluster.serverName }),
        rejectUnauthorized: !cluster.insecure,
        timeout: limits.timeout,
        allowH2: false, // a call that is given up frees its socket; a dead HTTP/2 session would swallow the calls after it
      };
      pool = { trust, dispatcher: createDispatcher(tls, proxy?.url, limits) };
      return pool.dispatcher;
    },
    close: async () => pool?.dispatcher.destroy(),
  };
}

/** Says whose certificate it is; a failed handshake would not. */
function checkCertificates(certificates: object, place: string): void {
  try {
    createSecureContext(certificates);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError(`the certificates of ${place} cannot be used (${reason})`, { cause });
  }
}

/** How the API server is trusted, and what is presented to it. */
interface Tls {
  readonly ca: string | string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
  readonly timeout: number;
  readonly allowH2: false;
}

function createDispatcher(
  tls: Tls,
  proxy: URL | undefined,
  { connections, timeout, bodyTimeout }: PoolLimits,
): Dispatcher {
  const limits = { connections, allowH2: false, keepAliveTimeout: 30_000, headersTimeout: timeout, bodyTimeout };
  if (!proxy) return new Agent({ ...limits, connect: tls });
  if (proxy.protocol.startsWith('socks')) return new Agent({ ...limits, connect: connectBySocks(tls, proxy, timeout) });
  const { servername: _, ...proxyTls } = tls; // as kubectl: the proxy is trusted for the same reasons, by its own name
  return new ProxyAgent({
    ...{ ...limits, uri: proxy.href, requestTls: tls, proxyTls, connectTimeout: timeout },
    clientFactory: (origin, options) => new Pool(origin, connectByName(options)),
  });
}

/** An https proxy that is named by its address: undici asks for that as a name, which TLS refuses. */
function connectByName(options: Pool.Options): Pool.Options {
  const { connect } = options;
  if (typeof connect !== 'function') return options;
  return {
    ...options,
    connect: (given, callback) => {
      const { servername: _, ...nameless } = given;
      connect(isIP(given.hostname) ? nameless : given, callback);
    },
  };
}

/** The proxy looks up the name. The client's own way sends no user name and password to it. */
function connectBySocks(tls: Tls, proxy: URL, timeout: number): buildConnector.connector {
  const connectTls = buildConnector(tls);
  const [userId, password] = [proxy.username, proxy.password].map(decodeURIComponent);
  const address = { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port || 1080), type: 5 as const };
  return (options, callback) => {
    const destination = {
      host: options.hostname,
      port: Number(options.port || (options.protocol === 'https:' ? 443 : 80)),
    };
    SocksClient.createConnection({
      proxy: { ...address, ...(userId && { userId, password }) },
      command: 'connect',
      destination,
      timeout,
    }).then(
      ({ socket }) =>
        options.protocol === 'https:'
          ? connectTls({ ...options, httpSocket: socket }, callback)
          : callback(null, socket),
      (error) => callback(error, null),
    );
  };
}

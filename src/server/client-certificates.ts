import type { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { ClientRefusal, Metrics } from './metrics.ts';

export interface ClientSettings {
  /** One of them must be the common name of the certificate, or a DNS name or IP address in it. */
  readonly names: readonly string[];
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Ends the connections of clients whose certificate is for none of the names, before a request is read; the handshake has refused those
 * that have none of a trusted authority. Counts and logs both. Returns what to call when other authorities are trusted: each connection
 * that was made before then ends, with its next answer at the latest.
 */
export function demandNames(server: Server, { names, metrics, log }: ClientSettings): () => void {
  let expiries = new WeakMap<object, number>();
  const tell = createRefusalLog(log);
  const refuse = (reason: ClientRefusal, detail: object) => {
    metrics.countRefusedClient(reason);
    tell({ reason, ...detail });
  };
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate && hasName(certificate, names)) {
      expiries.set(socket, certificate.validToDate.getTime());
      return;
    }
    refuse(certificate ? 'name' : 'missing', { address: socket.remoteAddress, subject: certificate?.subject });
    socket.destroy();
  });
  server.on('tlsClientError', ({ code }: NodeJS.ErrnoException, { authorizationError, remoteAddress }: TLSSocket) => {
    if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') refuse('missing', { address: remoteAddress });
    else if (authorizationError) refuse(reasonOf(String(authorizationError)), { error: authorizationError });
  });
  server.prependListener('request', ({ socket }, response) => {
    if (Date.now() > (expiries.get(socket) ?? 0)) response.setHeader('Connection', 'close');
  });
  return () => {
    expiries = new WeakMap();
    server.closeIdleConnections();
  };
}

function hasName(certificate: X509Certificate, names: readonly string[]): boolean {
  const commonNames = [certificate.toLegacyObject().subject.CN].flat();
  return names.some(
    (name) =>
      commonNames.includes(name) ||
      (isIP(name)
        ? certificate.checkIP(name) !== undefined
        : certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined),
  );
}

/** OpenSSL's words for what is wrong with a chain. */
function reasonOf(error: string): ClientRefusal {
  return error === 'CERT_HAS_EXPIRED' || error === 'CERT_NOT_YET_VALID' ? 'expired' : 'untrusted';
}

const logIntervalMilliseconds = 10_000;

/** A line for the first refused client, then one in 10 s at most, with how many had none. */
function createRefusalLog(log: Logger): (refusal: object) => void {
  let next = 0;
  let leftOut = 0;
  return (refusal) => {
    const now = performance.now();
    if (now < next) {
      leftOut++;
      return;
    }
    log.warn(
      { ...refusal, leftOut },
      'refused a client without a certificate that --client-ca-file and --client-name accept',
    );
    next = now + logIntervalMilliseconds;
    leftOut = 0;
  };
}

import { constants } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { SecureVersion } from 'node:tls';
import type { Express } from 'express';
import type { KeyPair } from '../certificates/key-pair.ts';

export type MinTlsVersion = Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>;

export interface HttpsLimits {
  /** Milliseconds; above the 90 s after which the API server closes its idle connections. */
  readonly keepAliveTimeout: number;
  /** Whether clients without a certificate of an authority that `presentKeyPair` names fail in the handshake. */
  readonly clientCertificates?: boolean;
}

/**
 * An HTTPS server for an API server's connection pool. It keeps idle connections for longer than the 90 s after which the API server
 * closes them, so that no request is sent on a connection that is just being closed. Every handshake fails until `presentKeyPair`.
 */
export function createHttpsServer(
  app: Express,
  { keepAliveTimeout, clientCertificates = false }: HttpsLimits,
): https.Server {
  return https.createServer(
    {
      ...createPrototypes(app),
      requestCert: clientCertificates,
      rejectUnauthorized: clientCertificates,
      handshakeTimeout: 15_000, // connection-table.ts ends it before
      keepAliveTimeout,
      headersTimeout: keepAliveTimeout + 10_000, // from the handshake to the headers of the first request: connection-table.ts ends it before
      requestTimeout: keepAliveTimeout + 40_000, // of the first request from the handshake, too: longer than any deadline
      connectionsCheckingInterval: 1000,
      noDelay: true,
    },
    app,
  );
}

/** Presents a key pair from the next handshake on. Sets every option each time: one that is left out falls back to the default of Node. */
export function presentKeyPair(
  server: https.Server,
  { certificate, privateKey }: KeyPair,
  minVersion: MinTlsVersion,
  clientAuthorities?: string,
): void {
  const own = { cert: certificate, key: privateKey, minVersion, ciphers: modernCiphers };
  server.setSecureContext(clientAuthorities === undefined ? own : { ...own, ...clientOptions, ca: clientAuthorities });
}

/** No session is resumed: that would spare a client whose certificate has expired meanwhile. */
const clientOptions = { secureOptions: constants.SSL_OP_NO_TICKET };

/** For TLS 1.2, which is off by default: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else. */
const modernCiphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/**
 * Express gives every request and response a new prototype, which makes V8 drop the code it has optimised for them. These classes
 * have that prototype from the start; then the same call changes nothing. It more than doubles the requests per second.
 */
function createPrototypes(app: Express) {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  Object.setPrototypeOf(Request.prototype, app.request);
  Object.setPrototypeOf(Response.prototype, app.response);
  app.request = Request.prototype as Express['request'];
  app.response = Response.prototype as unknown as Express['response'];
  return { IncomingMessage: Request, ServerResponse: Response };
}

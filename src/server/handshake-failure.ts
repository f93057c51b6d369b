import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { handshakeFailures } from './zeros.ts';

export type HandshakeFailure = (typeof handshakeFailures)[number];

/** The codes of Node and OpenSSL. `certificate-refused`: the client does not trust ours, so its `caBundle` may be wrong. */
const reasons: readonly (readonly [codes: RegExp, reason: HandshakeFailure])[] = [
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, 'timeout'],
  [/^(?:ECONNRESET|EPIPE)$/, 'aborted'],
  [/^ERR_SSL_\w*ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)$/, 'certificate-refused'],
  [/^ERR_SSL_(?:HTTPS?_\w*REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE)$/, 'no-tls'],
  [
    /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_SHARED_\w+|NO_SUITABLE_\w+|\w*ALERT_PROTOCOL_VERSION)$/,
    'protocol',
  ],
];

/** Counts the handshakes that fail. In TLS 1.3 a client refuses a certificate only after the server's part of the handshake. */
export function watchHandshakes(server: Server, count: (reason: HandshakeFailure) => void): void {
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => count(reasonOf(error) ?? 'other'));
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', (error) => {
      if (reasonOf(error) === 'certificate-refused') count('certificate-refused');
    });
  });
}

function reasonOf({ code = '' }: NodeJS.ErrnoException): HandshakeFailure | undefined {
  return reasons.find(([codes]) => codes.test(code))?.[1];
}

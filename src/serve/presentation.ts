import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import type { KeyPair } from '../certificates/key-pair.ts';
import type { CertificateEvents } from '../certificates/source.ts';
import { type MinTlsVersion, presentKeyPair } from '../server/https.ts';
import type { Metrics } from '../server/metrics.ts';

/** What a server presents to its clients now. */
export interface Presentation {
  /** For a certificate source: it presents what the source has, and counts. */
  readonly events: CertificateEvents;
  /** From now on new connections need a certificate of one of these authorities, PEM. */
  trustClients(authorities: string): void;
  /** PEM; empty as long as there is no certificate. */
  certificate(): string;
  /** Why no client would accept it; `undefined` where nothing is wrong. */
  problem(): string | undefined;
}

export function createPresentation(server: Server, minVersion: MinTlsVersion, metrics: Metrics): Presentation {
  let presented: KeyPair | undefined;
  let clientAuthorities: string | undefined;
  let expiry = new Date(0);
  const show = () => {
    if (presented) presentKeyPair(server, presented, minVersion, clientAuthorities);
  };
  return {
    events: {
      present(pair) {
        presented = pair;
        show();
        expiry = expiryOf(pair.certificate);
        metrics.setCertificateExpiry('serving', expiry);
      },
      reloaded: metrics.countCertificateReload,
      authority: (certificate) => metrics.setCertificateExpiry('ca', expiryOf(certificate)),
      inSync: metrics.setCaBundleInSync,
      restored: metrics.countForeignChange,
    },
    trustClients(authorities) {
      clientAuthorities = authorities;
      show();
    },
    certificate: () => presented?.certificate ?? '',
    problem() {
      if (!presented) return 'there is none yet';
      return expiry < new Date() ? `the certificate expired on ${expiry.toISOString()}` : undefined;
    },
  };
}

function expiryOf(certificate: string): Date {
  return new X509Certificate(certificate).validToDate;
}

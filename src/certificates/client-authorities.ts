import { X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import { readOrThrow, readText } from './files.ts';
import { followFiles } from './follow-files.ts';
import { CertificateError } from './key-pair.ts';

/** What becomes of the authorities in a file, for whoever serves and counts. */
export interface ClientAuthorityEvents {
  /** From now on clients need a certificate of one of these, PEM. */
  trust(authorities: string): void;
  reloaded(result: 'ok' | 'error'): void;
}

/**
 * Has the authorities trusted that are in the file, and those that it holds later. Returns what ends that. Throws a CertificateError if
 * it holds none now.
 */
export function followClientAuthorities(file: string, events: ClientAuthorityEvents, log: Logger): () => void {
  events.trust(readAuthorities(file, new Date()));
  return followFiles([file], () => {
    try {
      events.trust(readAuthorities(file, new Date()));
      events.reloaded('ok');
      log.info({ file }, 'trusting the new certificate authorities of clients');
    } catch (error) {
      events.reloaded('error');
      log.error({ err: error }, 'cannot use the new certificate authorities of clients: going on with the old ones');
    }
  });
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Never empty: Node would trust its own list of authorities then. OpenSSL wants every chain to end at a root, which may stand beside
 * others, also expired ones, as after a rotation.
 */
function readAuthorities(file: string, now: Date): string {
  const blocks = readText(file, 'client CA').match(pemCertificate) ?? [];
  const problem = `${file} holds no PEM certificate of a client CA`;
  if (blocks.length === 0) throw new CertificateError(problem);
  const roots = blocks
    .map((block) => readOrThrow(() => new X509Certificate(block), problem))
    .filter((certificate) => certificate.checkIssued(certificate));
  if (roots.length === 0)
    throw new CertificateError(
      `${file} holds no root: a chain of certificates has to end at one that is signed by itself; add it`,
    );
  if (roots.every(({ validToDate }) => validToDate < now))
    throw new CertificateError(`every root in ${file} has expired: give one that is valid`);
  return blocks.join('\n');
}

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { followFiles } from './follow-files.ts';
import { CertificateError, type KeyPair } from './key-pair.ts';
import type { CertificateEvents, CertificateSource } from './source.ts';

export interface KeyPairFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** Presents the pair in the files, and every valid pair that they hold later. Throws a CertificateError if they hold none now. */
export function createFileSource(files: KeyPairFiles, events: CertificateEvents, log: Logger): CertificateSource {
  const { certificateFile, privateKeyFile } = files;
  events.present(readKeyPair(certificateFile, privateKeyFile, new Date()));
  const close = followFiles([certificateFile, privateKeyFile], () => {
    try {
      events.present(readKeyPair(certificateFile, privateKeyFile, new Date()));
      events.reloaded('ok');
      log.info({ certificateFile }, 'serving the new certificate');
    } catch (error) {
      events.reloaded('error');
      log.error({ err: error }, 'cannot use the new certificate: going on with the old one');
    }
  });
  return { notReady: () => undefined, close };
}

/** Reads a certificate chain and its key from PEM files; throws a CertificateError for anything a client would refuse. */
export function readKeyPair(certificateFile: string, privateKeyFile: string, now: Date): KeyPair {
  const certificate = readText(certificateFile, 'certificate');
  const privateKey = readText(privateKeyFile, 'private key');
  const leaf = readOrThrow(() => new X509Certificate(certificate), `${certificateFile} holds no PEM certificate`);
  const key: KeyObject = readOrThrow(
    () => createPrivateKey(privateKey),
    `${privateKeyFile} holds no PEM private key without a passphrase`,
  );
  if (!leaf.checkPrivateKey(key))
    throw new CertificateError(
      `the key in ${privateKeyFile} does not belong to the certificate in ${certificateFile}: give files of one pair`,
    );
  if (now > leaf.validToDate)
    throw new CertificateError(
      `the certificate in ${certificateFile} expired on ${leaf.validToDate.toISOString()}: renew it`,
    );
  if (now < leaf.validFromDate)
    throw new CertificateError(
      `the certificate in ${certificateFile} is valid only from ${leaf.validFromDate.toISOString()} on: check the clock`,
    );
  return { certificate, privateKey };
}

/** Throws a CertificateError that says what the file is. */
export function readText(file: string, what: string): string {
  return readOrThrow(() => readFileSync(file, 'utf8'), `cannot read the ${what} file ${file}`);
}

/** Throws a CertificateError with this problem where reading throws. */
export function readOrThrow<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch (cause) {
    throw new CertificateError(`${problem} (${cause instanceof Error ? cause.message : cause})`, { cause });
  }
}

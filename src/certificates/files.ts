import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CertificateError, type KeyPair } from './key-pair.ts';

/** Reads a certificate chain and its key from PEM files; throws a CertificateError for anything a client would refuse. */
export function readKeyPair(certificateFile: string, privateKeyFile: string, now: Date): KeyPair {
  const certificate = readText(certificateFile, 'certificate');
  const privateKey = readText(privateKeyFile, 'private key');
  const leaf = attempt(() => new X509Certificate(certificate), `${certificateFile} holds no PEM certificate`);
  const key: KeyObject = attempt(
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

function readText(file: string, what: string): string {
  return attempt(() => readFileSync(file, 'utf8'), `cannot read the ${what} file ${file}`);
}

function attempt<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch (cause) {
    throw new CertificateError(`${problem} (${cause instanceof Error ? cause.message : cause})`, { cause });
  }
}

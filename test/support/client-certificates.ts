import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeyPair } from '../../src/certificates/key-pair.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hour = 3_600_000;

interface Contents {
  readonly commonName: string;
  readonly names?: JsonGeneralNames;
  /** In milliseconds, from now. */
  readonly end?: number;
  readonly usage?: 'clientAuth' | 'serverAuth' | 'signing others';
}

/** A certificate as an API server presents it to webhooks, and its key. */
export async function issueClient(
  authority: KeyPair,
  { commonName, names = [], end = hour, usage = 'clientAuth' }: Contents,
): Promise<KeyPair> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const issuer = new X509Certificate(authority.certificate);
  const pkcs8 = createPrivateKey(authority.privateKey).export({ format: 'der', type: 'pkcs8' });
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: issuer.subjectName,
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + end),
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', Buffer.from(pkcs8), algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
      usage === 'signing others'
        ? new BasicConstraintsExtension(true, undefined, true)
        : new ExtendedKeyUsageExtension([ExtendedKeyUsage[usage]]),
    ],
  });
  const key = createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    certificate: certificate.toString('pem'),
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

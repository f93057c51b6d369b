import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import type { KeyPair } from '../../../src/certificates/key-pair.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 3_600_000;

/** A CA with the name and the key of another one, so that it vouches for the same certificates, that ended yesterday. */
export async function expiredTwin({ certificate, privateKey }: KeyPair): Promise<string> {
  const { subject } = new X509Certificate(certificate);
  const pkcs8 = createPrivateKey(privateKey).export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const { subtle } = webcrypto;
  const twin = await X509CertificateGenerator.createSelfSigned({
    name: subject,
    notBefore: new Date(Date.now() - 2 * day),
    notAfter: new Date(Date.now() - day),
    keys: {
      privateKey: await subtle.importKey('pkcs8', Buffer.from(pkcs8), algorithm, true, ['sign']),
      publicKey: await subtle.importKey('spki', Buffer.from(spki), algorithm, true, ['verify']),
    },
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return `${twin.toString('pem')}\n`;
}

import 'reflect-metadata';
import { createPrivateKey, X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeyPair } from './key-pair.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Certificates are valid from a while ago on: the clock of whoever checks them may be behind ours. */
const backdatingMilliseconds = 3_600_000;

/** When a certificate begins to be valid and for how long, in milliseconds. */
export interface Validity {
  readonly now: Date;
  readonly lifetime: number;
}

/** A self-signed P-256 CA that signs nothing but leaves. */
export async function issueAuthority(commonName: string, validity: Validity): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // a subject of its own for each CA: two of the same name in one bundle confuse some verifiers (2.5.4.5: serialNumber)
    name: [{ CN: [commonName] }, { '2.5.4.5': [randomBytes(8).toString('hex')] }],
    ...datesOf(validity),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pairOf(certificate, keys);
}

/** A P-256 serving certificate for DNS names and IP addresses; it never outlives its CA. */
export async function issueLeaf(authority: KeyPair, names: readonly string[], validity: Validity): Promise<KeyPair> {
  const keys = await generateKeys();
  const issuer = new X509Certificate(authority.certificate);
  const pkcs8 = createPrivateKey(authority.privateKey).export({ format: 'der', type: 'pkcs8' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', Buffer.from(pkcs8), algorithm, false, ['sign']);
  const { notBefore, notAfter } = datesOf(validity);
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: ['endpoints-webhook'] }],
    issuer: issuer.subjectName,
    notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [...servingExtensions(names), await AuthorityKeyIdentifierExtension.create(issuer)],
  });
  return pairOf(certificate, keys);
}

/** A self-signed P-256 certificate for localhost, 127.0.0.1 and ::1, valid for a year, that exists in memory only. */
export async function issueSelfSigned(now: Date): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=endpoints-webhook self-signed',
    ...datesOf({ now, lifetime: 365 * 24 * 3600 * 1000 }),
    keys,
    signingAlgorithm: algorithm,
    extensions: servingExtensions(['localhost', '127.0.0.1', '::1']),
  });
  return pairOf(certificate, keys);
}

function servingExtensions(names: readonly string[]): Extension[] {
  const subjects = names.map((name): JsonGeneralName => ({ type: isAddress(name) ? 'ip' : 'dns', value: name }));
  return [
    new SubjectAlternativeNameExtension(subjects),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
  ];
}

/** No DNS name has a colon, or digits alone in its last label. */
function isAddress(name: string): boolean {
  return name.includes(':') || /(?:^|\.)\d+$/.test(name);
}

function datesOf({ now, lifetime }: Validity) {
  return { notBefore: new Date(now.getTime() - backdatingMilliseconds), notAfter: new Date(now.getTime() + lifetime) };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function pairOf(certificate: X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): Promise<KeyPair> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    certificate: new NodeCertificate(Buffer.from(certificate.rawData)).toString(),
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

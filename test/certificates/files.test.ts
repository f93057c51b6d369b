import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readKeyPair } from '../../src/certificates/files.ts';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { CertificateError } from '../../src/certificates/key-pair.ts';

const day = 24 * 3600 * 1000;
const now = new Date();
const folder = mkdtempSync(join(tmpdir(), 'epw-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [pair, other] = await Promise.all([issueSelfSigned(now), issueSelfSigned(now)]);
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const certificate = file('tls.crt', pair.certificate);
const key = file('tls.key', pair.privateKey);
const garbage = file('garbage', 'garbage');

test('a pair is read as it is written', () => {
  expect(readKeyPair(certificate, key, now)).toEqual(pair);
});

test.each([
  ['a missing certificate', join(folder, 'nowhere'), key, now, /cannot read the certificate file .*nowhere/],
  ['a missing key', certificate, join(folder, 'nowhere'), now, /cannot read the private key file .*nowhere/],
  ['no certificate', garbage, key, now, /garbage holds no PEM certificate/],
  ['no key', certificate, garbage, now, /garbage holds no PEM private key/],
  ['another key', certificate, file('other.key', other.privateKey), now, /does not belong to the certificate/],
  ['an expired one', certificate, key, new Date(now.getTime() + 366 * day), /expired on \d{4}-.*renew it/],
  ['one of the future', certificate, key, new Date(now.getTime() - day), /valid only from \d{4}-.*check the clock/],
])('%s is an error that names the file and the remedy', (_, certificateFile, keyFile, at, message) => {
  expect(() => readKeyPair(certificateFile, keyFile, at)).toThrow(CertificateError);
  expect(() => readKeyPair(certificateFile, keyFile, at)).toThrow(message);
});

test('the self-signed certificate is for this machine only, P-256, and signs nothing else', () => {
  const leaf = new X509Certificate(pair.certificate);
  expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect(leaf.ca).toBe(false);
  expect(leaf.verify(leaf.publicKey)).toBe(true);
  expect(createPublicKey(pair.privateKey).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});

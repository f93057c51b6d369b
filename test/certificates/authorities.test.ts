import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readAuthorities, toSecret, trustBundle, trusts } from '../../src/certificates/authorities.ts';
import { issueAuthority, issueLeaf, issueSelfSigned } from '../../src/certificates/issue.ts';

const now = new Date();
const lifetime = 3_600_000;
const issue = (at = now) => issueAuthority('test', { now: at, lifetime });
const [a, b, old, early] = await Promise.all([
  issue(),
  issue(),
  issue(new Date(now.getTime() - 2 * lifetime)),
  issue(new Date(now.getTime() + 2 * lifetime)),
]);
const leaf = await issueLeaf(a, ['web.shop.svc', '10.1.2.3', '2001:db8::1'], { now, lifetime: 2 * lifetime });
const selfSigned = await issueSelfSigned(now);
const secret = (data: Readonly<Record<string, string>>, annotations = {}) => ({ data, annotations });

describe('reading the Secret', () => {
  test('an empty one holds nothing, and that is no defect', () => {
    expect(readAuthorities(secret({}), now)).toEqual({ authorities: { previous: [], rotate: false }, defects: [] });
  });

  test('what is written is read again', () => {
    const authorities = { active: a, next: b, previous: [a.certificate], stagedAt: now, promotedAt: now, rotate: true };
    const { data, annotations } = toSecret(authorities);
    expect(annotations).not.toHaveProperty('endpoints-webhook/rotate');
    const read = readAuthorities(
      { data, annotations: { ...annotations, 'endpoints-webhook/rotate': '' } } as ReturnType<typeof secret>,
      now,
    );
    expect(read).toEqual({ authorities, defects: [] });
  });

  test('what is not there is removed, a served request for a rotation too', () => {
    expect(toSecret({ active: a, previous: [], rotate: false })).toMatchObject({
      data: { 'next.crt': null, 'next.key': null, 'previous.crt': null },
      annotations: { 'endpoints-webhook/rotate': null, 'endpoints-webhook/staged-at': null },
    });
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
  test.each([
    ['garbage', 'garbage', 'garbage', /no readable certificate/],
    ['half a certificate', a.certificate.slice(0, 300), a.privateKey, /no readable certificate/],
    ['half a key', a.certificate, a.privateKey.slice(0, 60), /no readable private key/],
    ['no key', a.certificate, '', /no readable private key/],
    ['no certificate', '', a.privateKey, /no readable certificate/],
    ['the key of another', a.certificate, b.privateKey, /does not belong/],
    ['another kind of key', a.certificate, rsa.toString(), /does not belong/],
    ['a leaf of ours', leaf.certificate, leaf.privateKey, /not a self-signed CA/],
    ['a self-signed leaf', selfSigned.certificate, selfSigned.privateKey, /not a self-signed CA/],
    ['an expired CA', old.certificate, old.privateKey, /expired on/],
    ['a CA of tomorrow', early.certificate, early.privateKey, /valid only from/],
  ])('%s cannot be used, as active or next', (_, certificate, key, defect) => {
    const active = readAuthorities(secret({ 'tls.crt': certificate, 'tls.key': key }), now);
    expect(active.authorities.active).toBeUndefined();
    expect(active.defects).toEqual([expect.stringMatching(defect)]);
    const next = readAuthorities(
      secret({
        ...toSecret({ active: a, previous: [], rotate: false }).data,
        'next.crt': certificate,
        'next.key': key,
      } as Record<string, string>),
      now,
    );
    expect(next.authorities).toEqual({ active: a, previous: [], rotate: false });
    expect(next.defects).toEqual([expect.stringMatching(/^next.crt and next.key: /)]);
  });

  test('what was trusted before counts as far as it can be read and has not expired', () => {
    const previous = `garbage\n${a.certificate}${old.certificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`;
    expect(readAuthorities(secret({ 'previous.crt': previous }), now).authorities.previous).toEqual([a.certificate]);
  });
});

describe('trust', () => {
  test('a leaf is for its names, for servers only, and ends with its CA', () => {
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.subjectAltName).toBe('DNS:web.shop.svc, IP Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:0:1');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.validTo).toBe(new X509Certificate(a.certificate).validTo);
    expect(certificate.ca).toBe(false);
  });

  test('a bundle trusts what one of its CAs has signed, now', () => {
    const bundle = trustBundle({ active: b, previous: [a.certificate], rotate: false });
    expect(trusts(bundle, leaf.certificate, now)).toBe(true);
    expect(trusts(b.certificate, leaf.certificate, now)).toBe(false);
    expect(trusts('', leaf.certificate, now)).toBe(false);
    expect(trusts('garbage', leaf.certificate, now)).toBe(false);
    expect(trusts(bundle, leaf.certificate, new Date(now.getTime() + 2 * lifetime))).toBe(false);
  });

  test('a bundle names each CA once', () => {
    expect(trustBundle({ active: a, next: a, previous: [a.certificate], rotate: false })).toBe(a.certificate);
  });
});

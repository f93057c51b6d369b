import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecretChange, SecretContent } from '../cluster/secret.ts';
import type { KeyPair } from './key-pair.ts';

/** The CAs of a self-managed webhook, as its Secret keeps them. */
export interface Authorities {
  /** Signs. */
  readonly active?: KeyPair;
  /** Is trusted already, and signs once it is trusted everywhere. */
  readonly next?: KeyPair;
  /** Certificates (PEM) of those that signed before: trusted as long as a leaf of theirs may be alive. */
  readonly previous: readonly string[];
  readonly stagedAt?: Date;
  readonly promotedAt?: Date;
  /** Somebody has asked for a rotation. */
  readonly rotate: boolean;
}

/** The Secret's keys and annotations. */
const keys = {
  active: { certificate: 'tls.crt', privateKey: 'tls.key' },
  next: { certificate: 'next.crt', privateKey: 'next.key' },
  previous: 'previous.crt',
} as const;
const annotations = {
  rotate: 'endpoints-webhook/rotate',
  stagedAt: 'endpoints-webhook/staged-at',
  promotedAt: 'endpoints-webhook/promoted-at',
} as const;

/** Reads the Secret. What cannot be used is left out and named in `defects`: corrupt, truncated, expired, foreign. */
export function readAuthorities(
  secret: Pick<SecretContent, 'data' | 'annotations'>,
  now: Date,
): { readonly authorities: Authorities; readonly defects: readonly string[] } {
  const defects: string[] = [];
  const pair = (names: { certificate: string; privateKey: string }): KeyPair | undefined => {
    const certificate = secret.data[names.certificate] ?? '';
    const privateKey = secret.data[names.privateKey] ?? '';
    if (certificate === '' && privateKey === '') return undefined;
    const defect = defectOf(certificate, privateKey, now);
    if (defect === undefined) return { certificate: new X509Certificate(certificate).toString(), privateKey };
    defects.push(`${names.certificate} and ${names.privateKey}: ${defect}`);
    return undefined;
  };
  const active = pair(keys.active);
  const next = pair(keys.next);
  const stagedAt = dateIn(secret.annotations[annotations.stagedAt]);
  const promotedAt = dateIn(secret.annotations[annotations.promotedAt]);
  return {
    authorities: {
      ...(active && { active }),
      ...(next && { next }),
      ...(stagedAt && { stagedAt }),
      ...(promotedAt && { promotedAt }),
      previous: certificatesIn(secret.data[keys.previous] ?? '').filter((pem) => expiryOf(pem) > now),
      rotate: secret.annotations[annotations.rotate] !== undefined,
    },
    defects,
  };
}

/** What the Secret is to hold: every key that is ours, `null` for those that are to go. */
export function toSecret({ active, next, previous, stagedAt, promotedAt, rotate }: Authorities): SecretChange {
  return {
    data: {
      [keys.active.certificate]: active?.certificate ?? null,
      [keys.active.privateKey]: active?.privateKey ?? null,
      [keys.next.certificate]: next?.certificate ?? null,
      [keys.next.privateKey]: next?.privateKey ?? null,
      [keys.previous]: previous.length > 0 ? previous.join('') : null,
    },
    annotations: {
      [annotations.stagedAt]: stagedAt?.toISOString() ?? null,
      [annotations.promotedAt]: promotedAt?.toISOString() ?? null,
      ...(!rotate && { [annotations.rotate]: null }),
    },
  };
}

/** Every certificate in a PEM text that can be read, in a form that can be compared; the rest is left out. */
export function certificatesIn(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    const certificate = parse(block);
    return certificate ? [certificate.toString()] : [];
  });
}

/** What API servers are to trust: PEM, each certificate once. */
export function trustBundle({ active, next, previous }: Authorities): string {
  const all = [active?.certificate ?? '', next?.certificate ?? '', ...previous].flatMap(certificatesIn);
  return [...new Set(all)].join('');
}

export function expiryOf(certificate: string): Date {
  return new X509Certificate(certificate).validToDate;
}

/** Whether a client that trusts the bundle, and nothing else, accepts the leaf now. */
export function trusts(bundle: string, leaf: string, now: Date): boolean {
  const certificate = new X509Certificate(leaf);
  return certificatesIn(bundle).some((pem) => {
    const authority = new X509Certificate(pem);
    return isCurrent(authority, now) && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  });
}

/** Why a pair is not a CA that can sign for us; `undefined` when it is. */
function defectOf(certificatePem: string, keyPem: string, now: Date): string | undefined {
  const certificate = parse(certificatePem);
  if (!certificate) return 'no readable certificate';
  let privateKey: ReturnType<typeof createPrivateKey>;
  try {
    privateKey = createPrivateKey(keyPem);
  } catch {
    return 'no readable private key';
  }
  if (!certificate.checkPrivateKey(privateKey)) return 'the key does not belong to the certificate';
  if (!certificate.ca || !certificate.checkIssued(certificate)) return 'not a self-signed CA';
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return 'not a P-256 key';
  if (now > certificate.validToDate) return `expired on ${certificate.validToDate.toISOString()}`;
  if (now < certificate.validFromDate) return `valid only from ${certificate.validFromDate.toISOString()} on`;
  return undefined;
}

function isCurrent({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function dateIn(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** What a TLS server presents, as PEM. */
export interface KeyPair {
  /** The leaf, then its intermediates. */
  readonly certificate: string;
  readonly privateKey: string;
}

/** A certificate or key that cannot be used; the message names the file and says what to do. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

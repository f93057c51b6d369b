import type { KeyPair } from './key-pair.ts';

/** Where the certificate comes from that the server presents: each source presents one as soon as it has it, and every new one. */
export interface CertificateSource {
  /** Why API servers would not accept what is presented; `undefined` when they do. */
  notReady(): string | undefined;
  close(): void;
}

/** What becomes of the certificates, for whoever serves and counts. */
export interface CertificateEvents {
  /** From now on new connections are to get this pair. */
  present(pair: KeyPair): void;
  /** A pair was looked for and read, or could not be used. */
  reloaded(result: 'ok' | 'error'): void;
  /** The self-managed CA that signs, PEM. */
  authority(certificate: string): void;
  /** Whether the live `caBundle` of a configuration trusts what is presented. */
  inSync(configuration: string, inSync: boolean): void;
  /** Somebody else had changed the `caBundle` of a configuration. */
  restored(configuration: string): void;
}

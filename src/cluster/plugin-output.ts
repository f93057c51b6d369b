import { fieldsOf } from '../json/fields.ts';
import { ClusterError } from './cluster-error.ts';
import type { Plugin } from './plugin-entry.ts';

/** What a credential plugin printed: a token, or a certificate and its key, or both. */
export interface PluginCredentials {
  readonly token?: string;
  /** PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since 1970; infinite where they do not expire by themselves. */
  readonly expires: number;
}

/** Throws a ClusterError, which holds nothing of what was printed: it may be a secret. */
export function readPluginOutput(output: string, { place, apiVersion }: Plugin): PluginCredentials {
  const refuse = (problem: string): never => {
    throw new ClusterError(`the credential plugin of ${place} ${problem}`);
  };
  const printed = fieldsOf(parseJson(output));
  if (printed.kind !== 'ExecCredential') refuse('printed no ExecCredential');
  if (printed.apiVersion !== apiVersion) refuse(`printed another apiVersion than ${apiVersion}`);
  const status = fieldsOf(printed.status);
  const text = (name: string): string | undefined => {
    const value = status[name];
    return value == null || value === ''
      ? undefined
      : typeof value === 'string'
        ? value
        : refuse(`printed a ${name} that is no text`);
  };
  const [token, cert, key] = [text('token'), text('clientCertificateData'), text('clientKeyData')];
  if ((cert === undefined) !== (key === undefined))
    refuse('printed only one of clientCertificateData and clientKeyData');
  if (token === undefined && cert === undefined) refuse('printed neither a token nor a client certificate');
  const expirationTimestamp = text('expirationTimestamp');
  const expires = expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
  if (Number.isNaN(expires)) refuse('printed an expirationTimestamp that is no time');
  return {
    ...(token !== undefined && { token }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    expires,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

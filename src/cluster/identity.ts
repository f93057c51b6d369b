import { ClusterError } from './cluster-error.ts';
import { encodeHeaders, type Headers } from './headers.ts';
import { impersonationHeaders } from './impersonation.ts';
import { readCredentialFile, readPemSource } from './pem.ts';
import { createPluginCredentials, type PluginRunning } from './plugin-credentials.ts';
import type { Target } from './target.ts';
import type { UserEntry } from './user-entry.ts';

/** What is presented with a call. */
export interface Presented {
  readonly headers: Headers;
  /** PEM. */
  readonly cert?: string;
  readonly key?: string;
}

/** Who asks. */
export interface Identity {
  /** Rejects with a ClusterError where a credential cannot be had: nothing may be sent then. */
  present(): Promise<Presented>;
  /** To be called when an API server did not accept what was presented. */
  renew(): void;
}

export function createIdentity(target: Target, running: PluginRunning): Identity {
  const { user } = target;
  const readToken = createTokenReader(user);
  const asOther = impersonationHeaders(user.impersonation);
  const plugin =
    user.plugin && !user.basic && !user.certificate && (user.token ?? user.tokenFile) === undefined
      ? createPluginCredentials(user.plugin, target.cluster, running)
      : undefined;
  return {
    async present() {
      const fromPlugin = await plugin?.get();
      const token = fromPlugin ? fromPlugin.token : readToken();
      const { cert, key } = fromPlugin ?? readCertificate(user);
      const authorization = token === undefined ? basicAuthorization(user) : `Bearer ${token}`;
      const headers = { ...(authorization !== undefined && { authorization }), ...asOther };
      return {
        headers: encodeHeaders(headers, user.place),
        ...(cert !== undefined && key !== undefined && { cert, key }),
      };
    },
    renew: () => plugin?.renew(),
  };
}

/** The file is read for each call: tokens are replaced. As kubectl: what was read last counts where it cannot be read any more. */
function createTokenReader({ token, tokenFile, place }: UserEntry): () => string | undefined {
  let last = token;
  return () => {
    if (tokenFile === undefined) return token;
    try {
      const read = readCredentialFile(tokenFile, 'tokenFile', place).trim();
      if (read === '') throw new ClusterError(`the tokenFile of ${place} is empty: ${tokenFile}`);
      last = read;
    } catch (error) {
      if (last === undefined) throw error;
    }
    return last;
  };
}

function readCertificate({ certificate, place }: UserEntry): Pick<Presented, 'cert' | 'key'> {
  if (!certificate) return {};
  return {
    cert: readPemSource(certificate.cert, 'client-certificate', place),
    key: readPemSource(certificate.key, 'client-key', place),
  };
}

function basicAuthorization({ basic }: UserEntry): string | undefined {
  return basic && `Basic ${Buffer.from(`${basic.username}:${basic.password}`, 'utf8').toString('base64')}`;
}

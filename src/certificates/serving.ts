import type { Logger } from 'pino';
import { expiryOf } from './authorities.ts';
import { issueLeaf } from './issue.ts';
import type { KeyPair } from './key-pair.ts';

/** The serving certificate of this replica. Its key is nowhere but in memory. */
export interface ServingCertificate {
  current(): { readonly pair: KeyPair; readonly signer: KeyPair } | undefined;
  /**
   * Signs anew when there is none, when two thirds of its life are over, or when another CA signs now. `active`: the CA to sign
   * with; where it is not known, or API servers do not trust it yet, the last one goes on. Resolves to a new pair, if any.
   */
  renew(active: KeyPair | undefined, trusted: boolean): Promise<KeyPair | undefined>;
}

export interface ServingSettings {
  readonly names: readonly string[];
  readonly lifetimeMilliseconds: number;
  readonly log: Logger;
}

export function createServingCertificate({
  names,
  lifetimeMilliseconds: lifetime,
  log,
}: ServingSettings): ServingCertificate {
  let current: ReturnType<ServingCertificate['current']>;
  return {
    current: () => current,
    async renew(active, trusted) {
      const signer = current && !trusted ? current.signer : (active ?? current?.signer);
      if (!signer) return undefined;
      const now = new Date();
      const renewal = current ? expiryOf(current.pair.certificate).getTime() - lifetime / 3 : 0;
      const capped = current && expiryOf(current.pair.certificate) >= expiryOf(signer.certificate);
      if (current?.signer.certificate === signer.certificate && (capped || now.getTime() < renewal)) return undefined;
      const pair = await issueLeaf(signer, names, { now, lifetime });
      current = { pair, signer };
      log.info({ until: expiryOf(pair.certificate).toISOString(), names }, 'signed a serving certificate');
      return pair;
    },
  };
}

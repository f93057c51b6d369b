import type { Logger } from 'pino';
import { reasonOf } from '../cluster/outcome.ts';
import type { SecretContent, SecretStore } from '../cluster/secret.ts';
import { type Authorities, readAuthorities, toSecret } from './authorities.ts';
import { issueAuthority } from './issue.ts';
import { applyStep, type Lifetimes, plan, type Step } from './plan.ts';
import type { ConfigurationState } from './publish.ts';
import type { CertificateEvents } from './source.ts';

/** What a rotation changes, and whom it tells. */
export interface Rotation {
  readonly secret: SecretStore;
  readonly lifetimes: Lifetimes;
  readonly log: Logger;
  readonly events: CertificateEvents;
}

/** Without `authorities`, another replica wrote first, or there is no CA and none could be stored. `again`: look again at once. */
export interface RotationResult {
  readonly authorities?: Authorities;
  readonly problem?: string;
  readonly again: boolean;
}

/** Takes the next step of a rotation, if one is due. `lastActive`: the certificate of the CA that signed what is served now. */
export async function rotate(
  { secret, lifetimes, log, events }: Rotation,
  stored: SecretContent,
  configurations: readonly ConfigurationState[],
  lastActive: string | undefined,
): Promise<RotationResult> {
  const now = new Date();
  const { authorities, defects } = readAuthorities(stored, now);
  const published = configurations.flatMap(({ outcome }) => (outcome.result === 'ok' ? outcome.value.webhooks : []));
  const bundles = published.map(({ caBundle }) => caBundle);
  const step = plan({ authorities, published: bundles, defective: defects.length > 0, now }, lifetimes);
  if (!step) return { authorities, again: false };
  if (defects.length > 0) log.warn({ secret: secret.name, defects }, 'the Secret holds a CA that cannot be used');
  const fresh = await issueAuthority('endpoints-webhook CA', { now, lifetime: lifetimes.authority });
  const wanted = applyStep(step, authorities, { now, fresh, lastActive });
  const written = await secret.change(stored, toSecret(wanted));
  if (written.result === 'ok') {
    log.info({ secret: secret.name, step }, stepMessages[step]);
    events.reloaded('ok');
    return { authorities: wanted, again: true };
  }
  if (written.result === 'conflict') return { again: true };
  events.reloaded('error');
  const problem = `Secret ${secret.name}: ${reasonOf(written, 'is gone')}`;
  return authorities.active ? { authorities, problem, again: false } : { problem, again: false };
}

const stepMessages: Readonly<Record<Step, string>> = {
  generate: 'made a new CA: there was none to sign with',
  adopt: 'the staged CA signs from now on: the active one cannot be used',
  stage: 'a new CA is published beside the active one',
  promote: 'the staged CA signs from now on',
  retire: 'the previous CA is no longer trusted',
  fix: 'removed a CA that cannot be used from the Secret',
};

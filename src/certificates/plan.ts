import { type Authorities, certificatesIn, expiryOf } from './authorities.ts';
import type { KeyPair } from './key-pair.ts';

/** Milliseconds. */
export interface Lifetimes {
  readonly authority: number;
  readonly serving: number;
  /** How long a new CA is trusted before it signs. */
  readonly overlap: number;
}

/**
 * The next step of a rotation. 'generate': there is no CA to sign with; 'adopt': none but the staged one; 'stage': publish a new
 * CA beside the active one; 'promote': sign with it from now on; 'retire': stop trusting the one before; 'fix': write down again
 * what can be used, without what cannot.
 */
export type Step = 'generate' | 'adopt' | 'stage' | 'promote' | 'retire' | 'fix';

export interface PlanInput {
  readonly authorities: Authorities;
  /** The `caBundle` (PEM) of every webhook that exists, as it was read. */
  readonly published: readonly string[];
  /** Whether the Secret holds anything that cannot be used. */
  readonly defective: boolean;
  readonly now: Date;
}

/** What to do now, if anything: one step at a time, decided from what is stored and published and not from memory. */
export function plan({ authorities, published, defective, now }: PlanInput, lifetimes: Lifetimes): Step | undefined {
  const { active, next, previous, stagedAt, promotedAt, rotate } = authorities;
  if (!active) return next ? 'adopt' : 'generate';
  if (defective) return 'fix';
  if (!next) {
    const renewal = expiryOf(active.certificate).getTime() - lifetimes.authority / 3;
    if (rotate || now.getTime() >= renewal) return 'stage';
  } else if (isPast(stagedAt, lifetimes.overlap, now)) {
    if (published.every((bundle) => certificatesIn(bundle).includes(next.certificate))) return 'promote';
  }
  return previous.length > 0 && isPast(promotedAt, lifetimes.serving + lifetimes.overlap, now) ? 'retire' : undefined;
}

/** A missing date, or one too far in the future to be the fault of a clock, delays nothing. */
function isPast(since: Date | undefined, milliseconds: number, now: Date): boolean {
  return since === undefined || Math.abs(now.getTime() - since.getTime()) >= milliseconds;
}

export interface StepInput {
  readonly now: Date;
  /** A new CA, for the steps that need one. */
  readonly fresh: KeyPair;
  /** The certificate (PEM) of the CA that signed what this process serves. The Secret may no longer have it. */
  readonly lastActive: string | undefined;
}

/** The CAs after a step. A CA that has signed stays trusted until no certificate that it signed can still be valid. */
export function applyStep(step: Step, authorities: Authorities, { now, fresh, lastActive }: StepInput): Authorities {
  const { active, next = fresh, previous, stagedAt, promotedAt } = authorities;
  const rest = { previous, rotate: false, ...(stagedAt && { stagedAt }), ...(promotedAt && { promotedAt }) };
  const former = (certificate = '') =>
    [...new Set([...previous, ...certificatesIn(certificate)])].filter((pem) => expiryOf(pem) > now);
  switch (step) {
    case 'generate':
      return { active: fresh, previous: former(lastActive), promotedAt: now, rotate: false };
    case 'stage':
      return { ...rest, ...(active && { active }), next: fresh, stagedAt: now };
    case 'adopt':
    case 'promote':
      return { active: next, previous: former(active?.certificate ?? lastActive), promotedAt: now, rotate: false };
    case 'fix':
      return authorities;
    case 'retire':
      return {
        ...rest,
        ...(active && { active }),
        ...(authorities.next && { next }),
        rotate: authorities.rotate,
        previous: [],
      };
  }
}

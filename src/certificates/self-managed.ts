import type { Logger } from 'pino';
import { reasonOf } from '../cluster/outcome.ts';
import type { SecretContent, SecretStore } from '../cluster/secret.ts';
import type { ConfigurationName, WebhookConfigurations } from '../cluster/webhooks.ts';
import { type Authorities, readAuthorities, toSecret, trustBundle, trusts } from './authorities.ts';
import { issueAuthority } from './issue.ts';
import { type Lifetimes, plan, type Step, take } from './plan.ts';
import { fullName, type Published, publish, type Seen } from './publish.ts';
import { serving } from './serving.ts';
import type { CertificateEvents, CertificateSource } from './source.ts';

export interface SelfManagement {
  readonly secret: SecretStore;
  readonly configurations: WebhookConfigurations;
  /** Every configuration that sends requests to us. */
  readonly names: readonly ConfigurationName[];
  /** What the serving certificate is for. */
  readonly servingNames: readonly string[];
  readonly lifetimes: Lifetimes;
  readonly log: Logger;
  readonly events: CertificateEvents;
}

/** How long until the next look, in milliseconds, as long as API servers do not accept us. */
const impatience = 2000;

/**
 * Issues the serving certificate from a CA that all replicas share through a Secret, keeps the `caBundle` of the configurations in
 * step, and rotates the CA. No replica leads: each decides from what is stored, and writes only what nobody has written since.
 */
export function selfManaged(management: SelfManagement): CertificateSource {
  const { lifetimes, log } = management;
  const patience = Math.max(1000, Math.min(60_000, lifetimes.overlap / 4, lifetimes.serving / 12));
  const rounds = createRounds(management);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let accepted = false;
  let problem = 'the API server has not been asked yet';
  const look = async () => {
    const outcome = await rounds.next().catch((error: unknown) => {
      log.debug({ err: error }, 'an exception');
      return { problem: `could not look after the certificates: ${error}`, again: false };
    });
    if (outcome.problem === undefined) accepted = true;
    else if (outcome.problem !== problem && !outcome.again) log.warn({ problem: outcome.problem }, 'certificates');
    problem = outcome.problem ?? '';
    let wait = patience * (0.8 + 0.4 * Math.random());
    if (outcome.again) wait = 100 + 400 * Math.random();
    else if (!accepted) wait = Math.min(wait, impatience);
    if (!closed) timer = setTimeout(look, wait);
  };
  void look();
  // a certificate that is due cannot wait for an API server that does not answer
  const renewal = setInterval(
    () => rounds.renew().catch((err: unknown) => log.error({ err }, 'cannot sign')),
    patience,
  );
  return {
    notReady: () => (accepted ? undefined : problem),
    close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(renewal);
    },
  };
}

/** `problem`: why API servers do not accept us as they should. `again`: there is more to do than to wait. */
interface Round {
  readonly problem?: string;
  readonly again: boolean;
}

function createRounds(management: SelfManagement): { next(): Promise<Round>; renew(): Promise<void> } {
  const { secret, configurations, names, servingNames, lifetimes, log, events } = management;
  const leaf = serving({ names: servingNames, lifetime: lifetimes.serving, log });
  const live = new Map<string, string>();

  let renewing = Promise.resolve();
  function renew(authorities?: Authorities): Promise<void> {
    renewing = renewing.catch(() => {}).then(() => sign(authorities));
    return renewing;
  }

  async function sign(authorities: Authorities | undefined): Promise<void> {
    const active = authorities?.active;
    const trusted = active !== undefined && [...live.values()].every((bundle) => bundle.includes(active.certificate));
    const pair = await leaf.renew(active, trusted);
    if (pair) events.present(pair);
    const signer = leaf.current()?.signer;
    if (signer) events.authority(signer.certificate);
  }

  /** The configurations are read before the Secret: a bundle that is written is never older than the one that it replaces. */
  async function next(): Promise<Round> {
    const seen = await Promise.all(names.map(async (name) => ({ name, outcome: await configurations.read(name) })));
    const stored = await secret.read();
    if (stored.result !== 'ok') {
      await renew();
      const reason = reasonOf(stored, 'does not exist: the chart creates it, empty; install it again');
      return { problem: `Secret ${secret.name}: ${reason}`, again: false };
    }
    let { authorities, again, problem } = await advance(
      management,
      stored.value,
      seen,
      leaf.current()?.signer.certificate,
    );
    if (!authorities) return { problem: problem ?? 'there is no CA yet', again };
    const problems = problem === undefined ? [] : [problem];
    for (const each of seen) {
      const published = await bring(each, authorities);
      if (published.problem !== undefined) problems.push(published.problem);
      again ||= published.conflict;
    }
    await renew(authorities);
    problems.push(...check());
    return problems.length === 0 ? { again } : { problem: problems.join('; '), again };
  }

  async function bring(each: Seen, authorities: Authorities): Promise<Published> {
    const configuration = fullName(each.name);
    const published = await publish(each, trustBundle(authorities), live.get(configuration), management);
    if (published.live !== undefined) live.set(configuration, published.live);
    else if (each.outcome.result === 'missing') live.delete(configuration);
    return published;
  }

  /** Whether each configuration trusts what we present. */
  function check(): readonly string[] {
    const certificate = leaf.current()?.pair.certificate;
    return names.map(fullName).flatMap((configuration) => {
      const bundle = live.get(configuration);
      const inSync = certificate !== undefined && bundle !== undefined && trusts(bundle, certificate, new Date());
      events.inSync(configuration, inSync);
      return inSync || bundle === undefined ? [] : [`${configuration}: its caBundle does not trust our certificate`];
    });
  }

  return { next, renew };
}

const done: Readonly<Record<Step, string>> = {
  generate: 'made a new CA: there was none to sign with',
  adopt: 'the staged CA signs from now on: the active one cannot be used',
  stage: 'a new CA is published beside the active one',
  promote: 'the staged CA signs from now on',
  retire: 'the CA before is no longer trusted',
  fix: 'removed what cannot be used',
};

/** Takes the next step of a rotation, if one is due. No `authorities`: another replica has written first, or nobody could. */
async function advance(
  { secret, lifetimes, log, events }: SelfManagement,
  stored: SecretContent,
  seen: readonly Seen[],
  lastActive: string | undefined,
): Promise<Round & { readonly authorities?: Authorities }> {
  const now = new Date();
  const { authorities, defects } = readAuthorities(stored, now);
  const published = seen.flatMap(({ outcome }) => (outcome.result === 'ok' ? outcome.value.webhooks : []));
  const bundles = published.map(({ caBundle }) => caBundle);
  const step = plan({ authorities, published: bundles, defective: defects.length > 0, now }, lifetimes);
  if (!step) return { authorities, again: false };
  if (defects.length > 0) log.warn({ secret: secret.name, defects }, 'the Secret holds a CA that cannot be used');
  const fresh = await issueAuthority('endpoints-webhook CA', { now, lifetime: lifetimes.authority });
  const wanted = take(step, authorities, { now, fresh, lastActive });
  const written = await secret.change(stored, toSecret(wanted));
  if (written.result === 'ok') {
    log.info({ secret: secret.name, step }, done[step]);
    events.reloaded('ok');
    return { authorities: wanted, again: true };
  }
  if (written.result === 'conflict') return { again: true };
  events.reloaded('error');
  const problem = `Secret ${secret.name}: ${reasonOf(written, 'is gone')}`;
  return authorities.active ? { authorities, problem, again: false } : { problem, again: false };
}

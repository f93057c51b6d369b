import type { Logger } from 'pino';
import { reasonOf } from '../cluster/outcome.ts';
import type { SecretStore } from '../cluster/secret.ts';
import type { ConfigurationName, WebhookConfigurations } from '../cluster/webhooks.ts';
import { type Authorities, trustBundle, trusts } from './authorities.ts';
import type { Lifetimes } from './plan.ts';
import { type ConfigurationState, fullName, type Publication, publish } from './publish.ts';
import { rotate } from './rotate.ts';
import { createServingCertificate, type ServingCertificate } from './serving.ts';
import type { CertificateEvents } from './source.ts';

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

/** `problem`: why API servers do not accept us as they should. `again`: there is more to do at once. */
export interface Round {
  readonly problem?: string;
  readonly again: boolean;
}

/** The `caBundle` of each configuration, by its full name, as it was last seen. */
type LiveBundles = Map<string, string>;

/** `next` looks after everything once; `renew` only signs a new serving certificate, where one is due. */
export function createRounds(management: SelfManagement): { next(): Promise<Round>; renew(): Promise<void> } {
  const { secret, configurations, names, servingNames, lifetimes, log } = management;
  const leaf = createServingCertificate({ names: servingNames, lifetimeMilliseconds: lifetimes.serving, log });
  const live: LiveBundles = new Map();
  const renew = createRenewal(leaf, live, management.events);

  /** The configurations are read before the Secret: a bundle that is written is never older than the one that it replaces. */
  async function next(): Promise<Round> {
    const states = await Promise.all(names.map(async (name) => ({ name, outcome: await configurations.read(name) })));
    const stored = await secret.read();
    if (stored.result !== 'ok') {
      await renew();
      const reason = reasonOf(stored, 'does not exist: the chart creates it, empty; install it again');
      return { problem: `Secret ${secret.name}: ${reason}`, again: false };
    }
    const lastActive = leaf.current()?.signer.certificate;
    const { authorities, again, problem } = await rotate(management, stored.value, states, lastActive);
    if (!authorities) return { problem: problem ?? 'there is no CA yet', again };
    const published = await publishAll(states, authorities, live, management);
    await renew(authorities);
    const problems = [problem, ...published.map((each) => each.problem), ...checkTrust(leaf, live, management)];
    const known = problems.filter((each) => each !== undefined);
    const retry = again || published.some(({ conflict }) => conflict);
    return known.length === 0 ? { again: retry } : { problem: known.join('; '), again: retry };
  }

  return { next, renew };
}

/** Signs and presents, one call after the other. Without `authorities`, with the CA that signed last. */
function createRenewal(leaf: ServingCertificate, live: LiveBundles, events: CertificateEvents) {
  let renewing = Promise.resolve();
  async function sign(authorities: Authorities | undefined): Promise<void> {
    const active = authorities?.active;
    const trusted = active !== undefined && [...live.values()].every((bundle) => bundle.includes(active.certificate));
    const pair = await leaf.renew(active, trusted);
    if (pair) events.present(pair);
    const signer = leaf.current()?.signer;
    if (signer) events.authority(signer.certificate);
  }
  return (authorities?: Authorities): Promise<void> => {
    renewing = renewing.catch(() => {}).then(() => sign(authorities));
    return renewing;
  };
}

async function publishAll(
  states: readonly ConfigurationState[],
  authorities: Authorities,
  live: LiveBundles,
  management: SelfManagement,
): Promise<readonly Publication[]> {
  const publications: Publication[] = [];
  for (const state of states) {
    const name = fullName(state.name);
    const publication = await publish(state, trustBundle(authorities), live.get(name), management);
    if (publication.live !== undefined) live.set(name, publication.live);
    else if (state.outcome.result === 'missing') live.delete(name);
    publications.push(publication);
  }
  return publications;
}

/** Tells of each configuration whether it trusts what we present, and returns what is wrong with those that do not. */
function checkTrust(leaf: ServingCertificate, live: LiveBundles, { names, events }: SelfManagement): readonly string[] {
  const certificate = leaf.current()?.pair.certificate;
  return names.map(fullName).flatMap((configuration) => {
    const bundle = live.get(configuration);
    const inSync = certificate !== undefined && bundle !== undefined && trusts(bundle, certificate, new Date());
    events.inSync(configuration, inSync);
    return inSync || bundle === undefined ? [] : [`${configuration}: its caBundle does not trust our certificate`];
  });
}

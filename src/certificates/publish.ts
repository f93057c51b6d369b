import type { Logger } from 'pino';
import { type Outcome, reasonOf } from '../cluster/outcome.ts';
import type { ConfigurationName, WebhookConfiguration, WebhookConfigurations } from '../cluster/webhooks.ts';
import type { CertificateEvents } from './source.ts';

/** A configuration as it was read, and what came of it. */
export interface ConfigurationState {
  readonly name: ConfigurationName;
  readonly outcome: Outcome<WebhookConfiguration>;
}

/** `live`: the `caBundle` that the configuration has now, as far as known. `problem`: why it has not the one that it should. */
export interface Publication {
  readonly live?: string;
  readonly problem?: string;
  /** Somebody else wrote it at the same time: look again soon. */
  readonly conflict: boolean;
}

/** What publishing needs, and whom it tells. */
export interface Publishing {
  readonly configurations: WebhookConfigurations;
  readonly events: CertificateEvents;
  readonly log: Logger;
}

export function fullName({ kind, name }: ConfigurationName): string {
  return `${kind}/${name}`;
}

/** Brings the `caBundle` of one configuration up to date. `last`: what we know to have been there before. */
export async function publish(
  { name, outcome }: ConfigurationState,
  bundle: string,
  last: string | undefined,
  { configurations, events, log }: Publishing,
): Promise<Publication> {
  const configuration = fullName(name);
  if (outcome.result !== 'ok')
    return {
      problem: `${configuration}: ${reasonOf(outcome, 'does not exist, so nothing is sent to us: install the chart again')}`,
      conflict: false,
    };
  const [found = ''] = outcome.value.webhooks.map(({ caBundle }) => caBundle).filter((caBundle) => caBundle !== bundle);
  if (outcome.value.webhooks.every(({ caBundle }) => caBundle === bundle)) return { live: bundle, conflict: false };
  const written = await configurations.publish(name, outcome.value, bundle);
  if (written.result !== 'ok') {
    const problem = `${configuration}: ${reasonOf(written, 'is gone')}`;
    return { live: found, problem, conflict: written.result === 'conflict' };
  }
  if (last === bundle) {
    events.restored(configuration);
    log.warn({ configuration }, 'restored a caBundle that somebody had changed');
  } else log.info({ configuration }, 'published the caBundle');
  return { live: bundle, conflict: false };
}

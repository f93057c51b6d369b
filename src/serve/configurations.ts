import type { Logger } from 'pino';
import type { ComparedConfiguration } from '../cluster/configuration.ts';
import type { ConfigurationName } from '../cluster/webhooks.ts';
import type { Metrics } from '../server/metrics.ts';
import type { ReadinessCheck } from '../server/operations.ts';
import type { CertificateOptions } from './certificates.ts';
import { parseConfigurationNames } from './configuration-names.ts';
import type { SharedConnection } from './shared-connection.ts';

/** The webhook configurations of this process, in which others may change what is asked. */
export interface FollowedConfigurations {
  checks(): readonly ReadinessCheck[];
  close(): void;
}

/** How long until they are looked at again. */
const intervalMilliseconds = 10_000;

/** Follows what --webhook-configuration names; nothing is loaded where it names none. Rejects with a UsageError or a ClusterError where that cannot be. */
export async function createConfigurations(
  { webhookConfiguration, selfManagedSecret }: CertificateOptions,
  sharedConnection: SharedConnection,
  metrics: Metrics,
  log: Logger,
): Promise<FollowedConfigurations> {
  const names = parseConfigurationNames(webhookConfiguration);
  if (names.length === 0) return { checks: () => [], close() {} };
  const [connection, { compareConfiguration }] = await Promise.all([
    sharedConnection.open(),
    import('../cluster/configuration.ts'),
  ]);
  const compare = (name: ConfigurationName) => compareConfiguration(connection, name, selfManagedSecret !== undefined);
  return follow(names, compare, metrics, log);
}

/** Tells whenever one of them differs from what was rendered. The process stays ready: it serves as well as before. */
function follow(
  names: readonly ConfigurationName[],
  compare: (name: ConfigurationName) => Promise<ComparedConfiguration>,
  metrics: Metrics,
  log: Logger,
): FollowedConfigurations {
  const notes = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  async function look(): Promise<void> {
    for (const name of names) {
      const compared = await compare(name);
      const configuration = `${name.kind}/${name.name}`;
      const note = describe(compared);
      if (closed) return;
      if (notes.get(configuration) !== note) tell(configuration, compared, notes.has(configuration), metrics, log);
      notes.set(configuration, note);
    }
    timer = setTimeout(look, intervalMilliseconds * (0.8 + 0.4 * Math.random()));
  }
  void look();
  return {
    checks() {
      const wrong = [...notes].filter(([, note]) => note !== '').map(([name, note]) => `${name}: ${note}`);
      return [{ name: 'configurations', problem: undefined, ...(wrong.length > 0 && { note: wrong.join('; ') }) }];
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function describe(compared: ComparedConfiguration): string {
  if ('problem' in compared) return `could not be compared with what was rendered: ${compared.problem}`;
  const { changes, managers } = compared;
  return changes.length === 0 ? '' : `changed: ${changes.join(', ')} (written by ${managers.join(', ') || 'nobody'})`;
}

function tell(configuration: string, compared: ComparedConfiguration, isKnown: boolean, metrics: Metrics, log: Logger) {
  if ('problem' in compared) {
    metrics.setAsRendered(configuration, false);
    log.warn({ configuration, problem: compared.problem }, 'could not compare a webhook configuration');
    return;
  }
  const { exists, changes, managers } = compared;
  metrics.setExists(configuration, exists);
  metrics.setAsRendered(configuration, changes.length === 0);
  if (changes.length > 0) {
    metrics.countForeignChange(configuration);
    log.warn({ configuration, changes, managers }, 'a webhook configuration is not as it was rendered');
  } else if (isKnown) log.info({ configuration }, 'the webhook configuration is as it was rendered');
}

import { createHash } from 'node:crypto';
import { findForeignChanges, renderedAnnotation } from '../cluster/foreign-changes.ts';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { type Asker, isProblem, unread } from './asker.ts';
import { type Check, failed, ok } from './check.ts';
import { configurationsOf, type ExpectedConfiguration, type Installation } from './installation.ts';

/** What the chart rendered of a webhook, and the `caBundle` that it has now. */
export interface InstalledWebhook {
  readonly name: string;
  readonly rendered: Fields;
}

/** A configuration as it was read. */
export interface ReadConfiguration {
  readonly fullName: string;
  /** PEM of each webhook's `caBundle`; empty where there is none. */
  readonly caBundles: readonly string[];
  /** The webhooks as the chart rendered them; none where what says so was changed. */
  readonly webhooks: readonly InstalledWebhook[];
}

export interface CheckedConfigurations {
  readonly checks: readonly Check[];
  readonly read: readonly ReadConfiguration[];
}

const restore =
  'restore it with `helm upgrade`, or by applying the manifests again; while a controller changes it, stop that first';

/** Whether each configuration is there, and as it was installed; and whether all of them trust the same certificate authorities. */
export async function checkConfigurations(asker: Asker, installation: Installation): Promise<CheckedConfigurations> {
  const checks: Check[] = [];
  const read: ReadConfiguration[] = [];
  for (const expected of configurationsOf(installation)) {
    const subject = `configuration ${expected.fullName}`;
    const resource = `${expected.kind}webhookconfigurations`;
    const path = `/apis/admissionregistration.k8s.io/v1/${resource}/${expected.name}`;
    const answer = await asker.get(path);
    if (!isProblem(answer)) {
      read.push(readConfiguration(expected, answer));
      checks.push(compare(subject, expected, answer));
    } else if (answer.status === 404)
      checks.push(failed(subject, 'does not exist: nothing is sent to the webhook by it', restore));
    else checks.push(unread(subject, answer, `get of ${resource}.admissionregistration.k8s.io`));
  }
  if (read.length === 0 && checks.length === 0)
    checks.push(failed('configurations', 'the installation has none: nothing is guarded', 'install the chart again'));
  return { checks: [...checks, ...compareAuthorities(read)], read };
}

function compare(subject: string, { digest }: ExpectedConfiguration, configuration: Fields): Check {
  const { changes, managers } = findForeignChanges(configuration, false);
  const all = digestOf(configuration) === digest ? changes : [...changes, `the annotation ${renderedAnnotation}`];
  if (all.length === 0) return ok(subject, 'is there, and as it was installed');
  const writers = managers.join(', ') || 'nobody who says so';
  return failed(subject, `changed: ${[...new Set(all)].join(', ')} (written by ${writers})`, restore);
}

/** The chart's own digest of what it rendered. */
function digestOf(configuration: Fields): string {
  const rendered = fieldsOf(fieldsOf(configuration.metadata).annotations)[renderedAnnotation];
  return createHash('sha256').update(String(rendered)).digest('hex');
}

function readConfiguration({ fullName, digest }: ExpectedConfiguration, configuration: Fields): ReadConfiguration {
  const live = listOf(configuration.webhooks).map(fieldsOf);
  const caBundles = live.map(({ clientConfig }) => {
    const { caBundle } = fieldsOf(clientConfig);
    return typeof caBundle === 'string' ? Buffer.from(caBundle, 'base64').toString('latin1') : '';
  });
  const rendered = digestOf(configuration) === digest ? renderedWebhooks(configuration) : [];
  return { fullName, caBundles, webhooks: rendered };
}

function renderedWebhooks({ metadata }: Fields): readonly InstalledWebhook[] {
  const text = fieldsOf(fieldsOf(metadata).annotations)[renderedAnnotation];
  const webhooks: unknown = JSON.parse(String(text)); // the digest says that it is what the chart wrote
  return listOf(webhooks).map((one) => ({ name: String(fieldsOf(one).name), rendered: fieldsOf(one) }));
}

/** All call the same server: a `caBundle` that differs from the others is wrong, or old. One that is missing is a change by itself. */
function compareAuthorities(read: readonly ReadConfiguration[]): readonly Check[] {
  const bundles = read.flatMap(({ caBundles }) => caBundles).filter((bundle) => bundle !== '');
  const counts = Map.groupBy(bundles, (bundle) => bundle);
  const [usual] = [...counts.values()].sort((one, other) => other.length - one.length)[0] ?? [];
  return read
    .filter(({ caBundles }) => caBundles.some((bundle) => bundle !== '' && bundle !== usual))
    .map(({ fullName }) =>
      failed(
        `caBundle of ${fullName}`,
        'differs from the caBundle of the other configurations, which API servers use for the same server',
        'wait a minute where the pods or cert-manager fill it in; else find out who writes it, and install the chart again',
      ),
    );
}

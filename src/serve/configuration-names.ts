import { UsageError } from '../cli/usage-error.ts';
import type { ConfigurationName } from '../cluster/webhooks.ts';

/** The values of --webhook-configuration. Throws a UsageError for what is none. */
export function parseConfigurationNames(texts: readonly string[]): readonly ConfigurationName[] {
  return texts.map((text) => {
    const [, kind, name] = /^(validating|mutating)\/([a-z0-9.-]+)$/.exec(text) ?? [];
    if ((kind === 'validating' || kind === 'mutating') && name !== undefined) return { kind, name };
    throw new UsageError(`--webhook-configuration ${text}: give validating/NAME or mutating/NAME`);
  });
}

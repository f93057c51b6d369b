import type { Logger } from 'pino';
import { clusterNeeds } from '../policy/cluster-needs.ts';
import type { Policy } from '../policy/policy.ts';
import { recallPolicy } from './kept-policy.ts';
import { problemOf, type ReloadEvents } from './policy-reload.ts';
import { readSource } from './policy-source.ts';

/** Where policies are. */
export interface PolicyFiles {
  readonly files: readonly string[];
  /** Where the last good one is kept. */
  readonly keptFile: string | undefined;
  readonly extraServiceLabels: readonly string[];
  readonly log: Logger;
}

/** By which policy to begin, and what the files hold, where that was looked at. */
interface FirstPolicy {
  readonly policy: Policy;
  readonly content?: string | undefined;
}

/**
 * The one in the files; the one that was kept where that is not valid, or has to know more of the cluster: it is taken once that was read,
 * which may never be, for want of a right. Throws a UsageError where it is not valid, and none was kept.
 */
export function choosePolicy(
  { files, keptFile, extraServiceLabels, log }: PolicyFiles,
  events: Pick<ReloadEvents, 'refused'>,
): FirstPolicy {
  const kept = keptFile === undefined ? undefined : recallPolicy(keptFile, extraServiceLabels, log);
  const source = readSource(files, extraServiceLabels);
  try {
    const policy = source.parse();
    const needs = clusterNeeds(policy);
    const known = kept && clusterNeeds(kept);
    if (known && [...needs].some((resource) => !known.has(resource))) return { policy: kept };
    return { policy, content: source.content };
  } catch (error) {
    if (!kept) throw error;
    events.refused(problemOf(error));
    return { policy: kept, content: source.content };
  }
}

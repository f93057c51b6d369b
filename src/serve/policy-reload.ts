import type { Logger } from 'pino';
import { UsageError } from '../cli/usage-error.ts';
import type { Policy } from '../policy/policy.ts';
import type { Metrics } from '../server/metrics.ts';
import type { ReadinessCheck } from '../server/operations.ts';

/** What becomes of what policy files say: logged, counted, and said by readiness. */
export interface ReloadEvents {
  taken(policy: Policy, replaced: Policy): void;
  /** It is not valid, or cannot be used here. */
  refused(problem: string): void;
  /** It is taken once something was read of the cluster. Told as often as it is asked for. */
  waits(unread: string): void;
  check(policy: Policy): ReadinessCheck;
}

export function reloadEvents(metrics: Metrics, log: Logger): ReloadEvents {
  let problem: string | undefined;
  let isWaiting = false;
  const say = (text: string | undefined, waits = false) => {
    [problem, isWaiting] = [text, waits];
    metrics.setPolicyInSync(text === undefined);
  };
  say(undefined);
  return {
    taken(policy, replaced) {
      say(undefined);
      metrics.countPolicyReload('ok');
      const line = { policy: policy.digest, mode: policy.mode };
      if (policy === replaced) log.info(line, 'the policy was read anew, and says the same');
      else log.info({ ...line, replaced: replaced.digest }, 'judging by the new policy');
    },
    refused(text) {
      say(text);
      metrics.countPolicyReload('error');
      log.error({ problem: text }, 'cannot use the policy: going on with the last good one');
    },
    waits(unread) {
      if (!isWaiting)
        log.warn(
          { unread },
          'the new policy has to know more of the cluster: going on with the old one until that is read',
        );
      say(`that is taken once all it has to know was read: ${unread}`, true);
    },
    check({ digest }) {
      const note = problem === undefined ? digest : `${digest}, not the one in the files: ${problem}`;
      return { name: 'policy', problem: undefined, note };
    },
  };
}

const maxProblemLength = 2000;

/** In one line. */
export function problemOf(error: unknown): string {
  const text =
    error instanceof UsageError ? error.lines.join('; ') : error instanceof Error ? error.message : String(error);
  return text.slice(0, maxProblemLength);
}

import { createRounds, type SelfManagement } from './rounds.ts';
import type { CertificateSource } from './source.ts';

/** How long until the next round, as long as API servers do not accept us. */
const maxWaitUntilAcceptedMilliseconds = 2000;

/**
 * Issues the serving certificate from a CA that all replicas share through a Secret, keeps the `caBundle` of the configurations in
 * step, and rotates the CA. No replica leads: each decides from what is stored, and writes only what nobody has written since.
 */
export function createSelfManagedSource(management: SelfManagement): CertificateSource {
  const { lifetimes, log } = management;
  const intervalMilliseconds = Math.max(1000, Math.min(60_000, lifetimes.overlap / 4, lifetimes.serving / 12));
  const rounds = createRounds(management);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let accepted = false;
  let problem = 'the API server has not been asked yet';
  const runRound = async () => {
    const outcome = await rounds.next().catch((error: unknown) => {
      log.debug({ err: error }, 'an exception');
      return { problem: `could not look after the certificates: ${error}`, again: false };
    });
    if (outcome.problem === undefined) accepted = true;
    else if (outcome.problem !== problem && !outcome.again) log.warn({ problem: outcome.problem }, 'certificates');
    problem = outcome.problem ?? '';
    let wait = intervalMilliseconds * (0.8 + 0.4 * Math.random());
    if (outcome.again) wait = 100 + 400 * Math.random();
    else if (!accepted) wait = Math.min(wait, maxWaitUntilAcceptedMilliseconds);
    if (!closed) timer = setTimeout(runRound, wait);
  };
  void runRound();
  // a certificate that is due cannot wait for an API server that does not answer
  const renewal = setInterval(
    () => rounds.renew().catch((err: unknown) => log.error({ err }, 'cannot sign')),
    intervalMilliseconds,
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

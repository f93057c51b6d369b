import type { Asker } from './asker.ts';
import { type Check, failed, notChecked, ok } from './check.ts';
import type { ReadConfiguration } from './configurations.ts';
import { findDistrust, questionsOf } from './dial.ts';
import type { Installation } from './installation.ts';
import type { Pod } from './pods.ts';

/** Whether each `caBundle` trusts the certificate that each ready pod serves, with the name by which API servers call it. */
export async function checkCertificates(
  asker: Asker,
  { ports, servingName }: Installation,
  configurations: readonly ReadConfiguration[],
  pods: readonly Pod[],
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { fullName, caBundles } of configurations) {
    const subject = `certificate by ${fullName}`;
    const problems: Check[] = [];
    let trusted = 0;
    for (const caBundle of new Set(caBundles)) {
      if (caBundle === '') continue; // is a change of the configuration already
      for (const { name, question } of questionsOf(pods, ports.https, { servingName, caBundle })) {
        const answer = await findDistrust(asker, question);
        if (answer === undefined) trusted++;
        else if ('distrust' in answer) problems.push(failed(subject, `pod ${name}: ${answer.distrust}`, distrusted));
        else problems.push(notChecked(subject, `pod ${name} at ${question.host}: ${answer.unreachable}`, unreachable));
      }
    }
    if (problems.length > 0) checks.push(...problems);
    else if (trusted > 0) checks.push(ok(subject, `each ready pod serves one for ${servingName} that it trusts`));
  }
  return checks;
}

const distrusted =
  'wait a minute where the pods or cert-manager fill in the caBundle; else see who writes it, and which certificate is served';
const unreachable = 'run this where pods can be reached, and see whether a NetworkPolicy keeps it from them';

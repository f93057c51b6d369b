import type { Wildcards } from '../policy/policy.ts';
import { type AccessQuestion, type AskAccess, unnamedQuestion } from '../review/access.ts';

/**
 * Asks on after a yes: about a subresource that nobody would name, which only `*` grants. Whatever is not a clear answer to any of these
 * questions is no exemption.
 */
export function askAboutWildcards(ask: AskAccess, wildcards: Wildcards): AskAccess {
  if (wildcards === 'count') return ask;
  return async (question, milliseconds) => {
    const deadline = performance.now() + milliseconds;
    const askInTime = (next: AccessQuestion) => ask(next, Math.max(0, deadline - performance.now()));
    const answer = await askInTime(question);
    if (answer.result !== 'allowed') return answer;
    const unnamed = unnamedQuestion(question);
    const here = await askInTime(unnamed);
    if (here.result === 'refused') return answer;
    if (here.result !== 'allowed') return here;
    if (wildcards === 'never') return { result: 'wildcard' };
    const everywhere = await askInTime({ ...unnamed, namespace: '', name: '' });
    return everywhere.result === 'refused' ? { result: 'wildcard' } : everywhere;
  };
}

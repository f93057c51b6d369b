import { kinds } from '../kinds/index.ts';
import type { Verdict } from '../review/review.ts';
import { type Woken, wokenBy } from '../review/woken-by.ts';
import { foundInService, foundInWoken } from './found.ts';
import { nameOf } from './name-of.ts';
import type { Doubted, Final, RequestHead } from './outcome.ts';
import type { AdmissionRequest, OwnRequest } from './request.ts';
import { createVerdictResponse, decisionOf, encodeReview, prepareResponse, violatedRules } from './response.ts';

/** The outcome of a verdict. `isWoken`: see `JudgeBodyOptions`. */
export function conclude(request: OwnRequest, verdict: Verdict, isWoken = false): Final | Doubted {
  const final = isWoken
    ? ({ outcome: 'woken', request: withoutObjects(request), found: foundInWoken(request, verdict) } as const)
    : concludeFinally(request, verdict);
  const { doubts = [], isUnknown = false } = verdict;
  if (doubts.length === 0 && !isUnknown) return final;
  return { outcome: 'doubted', request: final.request, addresses: doubts, isUnknown, otherwise: final };
}

function concludeFinally(request: OwnRequest, verdict: Verdict): Final {
  const head = withoutObjects(request);
  const rules = violatedRules(verdict.violations);
  const { question } = verdict;
  const woken = verdict.allowed || question ? wokenByRequest(request) : undefined;
  if (woken) {
    const name = nameOf(request.object);
    return { outcome: 'waking', request: head, name, woken, found: foundInService(request, verdict) };
  }
  if (question) {
    const prepared = prepareResponse(request, verdict, question);
    return { outcome: 'asking', request: head, rules, questions: [question], prepared };
  }
  const text = encodeReview(createVerdictResponse(request, verdict, rules));
  return { outcome: 'judged', request: head, decision: decisionOf(verdict), rules, text };
}

function wokenByRequest({ kind, operation, ...objects }: OwnRequest): Woken | undefined {
  if (!kinds[kind].wakes || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined;
  return wokenBy({ operation, ...objects });
}

/** The objects stay where they were judged: they are large, and what is asked of an authorizer waits. */
export function withoutObjects({
  uid,
  operation,
  resource,
  kind,
  name,
  namespace,
  requester,
  dryRun,
}: AdmissionRequest): RequestHead {
  return { uid, operation, resource, kind, name, namespace, requester, dryRun };
}

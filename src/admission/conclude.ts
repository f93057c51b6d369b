import { escapeText } from '../endpoints/quote.ts';
import { fieldsOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import type { Policy } from '../policy/policy.ts';
import type { Verdict } from '../review/review.ts';
import { type Woken, wokenBy } from '../review/woken-by.ts';
import { firstViolation } from './first-violation.ts';
import { foundInService, foundInWoken } from './found.ts';
import { nameOf } from './name-of.ts';
import type { Doubted, Final, RequestHead } from './outcome.ts';
import type { AdmissionRequest, OwnRequest } from './request.ts';
import { createVerdictResponse, decisionOf, encodeVerdict, prepareResponse, violatedRules } from './response.ts';

/** The outcome of a verdict. `isWoken`: see `JudgeBodyOptions`. */
export function conclude(request: OwnRequest, verdict: Verdict, policy: Policy, isWoken = false): Final | Doubted {
  const final = isWoken
    ? ({ outcome: 'woken', request: withoutObjects(request), found: foundInWoken(request, verdict) } as const)
    : concludeFinally(request, verdict, policy);
  const { doubts = [], isUnknown = false } = verdict;
  if (doubts.length === 0 && !isUnknown) return final;
  return { outcome: 'doubted', request: final.request, addresses: doubts, isUnknown, otherwise: final };
}

function concludeFinally(request: OwnRequest, verdict: Verdict, policy: Policy): Final {
  const head = withoutObjects(request);
  const rules = violatedRules(verdict.violations);
  const { question } = verdict;
  const woken = verdict.allowed || question ? wokenByRequest(request) : undefined;
  if (woken) {
    const name = nameOf(request.object);
    return { outcome: 'waking', request: head, name, woken, found: foundInService(request, verdict) };
  }
  const first = firstViolation(verdict.violations);
  if (question) {
    const prepared = prepareResponse(request, verdict, question);
    return { outcome: 'asking', request: head, rules, first, questions: [question], prepared };
  }
  const text = encodeVerdict(createVerdictResponse(request, verdict, rules), policy);
  return { outcome: 'judged', request: head, decision: decisionOf(verdict), rules, first, text };
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
  name: sent,
  namespace,
  requester,
  dryRun,
  object,
}: AdmissionRequest): RequestHead {
  const name = escapeText(sent || nameOf(object), maxNameLength);
  const generateName = operation === 'CREATE' ? prefixOf(object, name) : undefined;
  return { uid, operation, resource, kind, name, generateName, namespace, requester, dryRun };
}

/** Of the names of Kubernetes. */
const maxNameLength = 253;

/** What a generated name begins with; `undefined` for a name that somebody chose. */
function prefixOf(object: unknown, name: string): string | undefined {
  const { generateName } = fieldsOf(fieldsOf(object).metadata);
  if (typeof generateName !== 'string' || generateName === '') return undefined;
  const prefix = escapeText(generateName, maxNameLength);
  return name !== prefix && name.startsWith(prefix) ? prefix : undefined;
}

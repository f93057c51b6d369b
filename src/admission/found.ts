import { pathText } from '../endpoints/field-path.ts';
import { escapeText } from '../endpoints/quote.ts';
import { kinds } from '../kinds/index.ts';
import type { AccessQuestion } from '../review/access.ts';
import type { Violation } from '../review/judge.ts';
import type { Verdict } from '../review/review.ts';
import { type Told, tellEach, warningTexts } from './denial.ts';
import { type FirstViolation, firstViolation } from './first-violation.ts';
import { nameOf } from './name-of.ts';
import { nameRequester } from './name-requester.ts';
import type { OwnRequest } from './request.ts';
import {
  type Decision,
  decisionOf,
  type PreparedResponse,
  prepareWarnings,
  type ViolatedRule,
  violatedRules,
} from './response.ts';

/** What was found in one object, as plain data: a part of the answer to a Service. */
export interface Found {
  readonly decision: Decision;
  readonly rules: readonly ViolatedRule[];
  readonly first: FirstViolation | undefined;
  /** Where an authorizer refuses, and where it allows. */
  readonly warnings: PreparedResponse['warnings'];
  readonly denied: Told;
  /** What to ask an authorizer before a refusal is final. */
  readonly question?: AccessQuestion;
}

/** In a Service. */
export function foundInService(request: OwnRequest, verdict: Verdict): Found {
  const tell = (violations: readonly Violation[]) => tellEach(violations, (remedy) => nameRequester(remedy, request));
  return describe(verdict, tell, warningTexts, verdict.question, firstViolation(verdict.violations));
}

/**
 * In an object that a Service puts into service, told to whoever wrote the Service. Slices have names that nobody chose: the question is
 * about any.
 */
export function foundInWoken(request: OwnRequest, verdict: Verdict): Found {
  const { kind, name, object } = request;
  const known = escapeText(name || nameOf(object), 253);
  const text = `${kind} "${known}"`;
  const told = (violations: readonly Violation[], says: string) =>
    violations.map((violation) => atSelector(violation, `this Service ${says} what is there already: ${text}`));
  const { question } = verdict;
  return describe(
    verdict,
    (violations) => {
      const { causes, count } = tellEach(told(violations, 'would put into service'), (remedy) =>
        nameRequester(remedy, request),
      );
      return { causes, sentences: causes.map(({ message }) => message), count };
    },
    (violations) => warningTexts(told(violations, 'puts into service')),
    question && !kinds[kind].isNamedAsService ? { ...question, name: '' } : question,
    firstViolation(verdict.violations, `${kind}/${known}`),
  );
}

function describe(
  verdict: Verdict,
  tell: (violations: readonly Violation[]) => Told,
  warn: (violations: readonly Violation[]) => readonly string[],
  question: AccessQuestion | undefined,
  first: FirstViolation | undefined,
): Found {
  const { violations, exemption } = verdict;
  const binding = exemption ? [] : violations;
  return {
    decision: decisionOf(verdict),
    rules: violatedRules(violations),
    first,
    warnings: prepareWarnings(binding, warn),
    denied: tell(binding.filter(({ enforcement }) => enforcement === 'deny')),
    ...(question && { question }),
  };
}

/** The same where the reader's own object says it. */
function atSelector({ rule, finding, enforcement }: Violation, says: string): Violation {
  const message = `${says} ${pathText(finding.path)}: ${finding.message}`;
  const otherwise = rule.exemptibleByRbac ? restricted : `change it: ${finding.remedy ?? rule.remedy}`;
  const remedy = `delete that object first, or ${otherwise}`;
  return { rule, enforcement, finding: { ...finding, path: ['spec', 'selector'], message, remedy } };
}

const restricted = 'ask an administrator for "create" on the "restricted" subresource';

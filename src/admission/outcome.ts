import type { Address } from '../endpoints/address.ts';
import type { AccessQuestion } from '../review/access.ts';
import type { Woken } from '../review/woken-by.ts';
import type { FirstViolation } from './first-violation.ts';
import type { Found } from './found.ts';
import type { AdmissionRequest } from './request.ts';
import type { Decision, PreparedResponse, ViolatedRule } from './response.ts';

export type Webhook = 'validate' | 'mutate';

/** A request without its objects: what is counted and logged of it, with the name that the object itself has where the request has none. */
export type RequestHead = Omit<AdmissionRequest, 'object' | 'previous'> & {
  /** What its name begins with, where that is generated. */
  readonly generateName: string | undefined;
};

/** What became of the body of a review, as plain data, which one thread can hand to another. */
export type Outcome = Malformed | Unjudged | Failed | Final | Doubted;

/** Nothing of the verdict rests on what may not be so any more. */
export type Settled = Exclude<Outcome, Doubted>;

/** What is left to do is to answer. */
export type Conclusion = Exclude<Settled, Waking | JudgedWoken>;

/** What is known is all that is needed of the object. */
export type Final = (Judged | Asking | Waking | JudgedWoken) & {
  /** What is not the requester's business: for the log, and for audit annotations. */
  readonly notes?: Notes;
};

/** Texts by their names. */
export type Notes = Readonly<Record<string, string>>;

/** The verdict rests on who has some addresses, or on what is not known: that is to be asked, and the object judged again if it is not as it was. */
export interface Doubted {
  readonly outcome: 'doubted';
  readonly request: RequestHead;
  /** See `Verdict`. */
  readonly addresses: readonly Address[];
  readonly isUnknown: boolean;
  /** The verdict if all of it is still so. */
  readonly otherwise: Final;
}

/** No verdict can be addressed. */
export interface Malformed {
  readonly outcome: 'malformed';
  readonly problem: string;
}

/** It holds more than is judged, or could not be judged in time, or not at all. `uid`: where one is found. */
export type Unjudged =
  | { readonly outcome: 'too-large' | 'too-long'; readonly uid: string | undefined; readonly excess: string }
  | { readonly outcome: 'late' | 'internal-error'; readonly uid: string | undefined; readonly excess?: never };

/** Judging it threw. */
export interface Failed {
  readonly outcome: 'failed';
  readonly request: RequestHead;
  readonly error: Error;
}

export interface Judged {
  readonly outcome: 'judged';
  readonly request: RequestHead;
  readonly decision: Decision | 'patched';
  readonly rules: readonly ViolatedRule[];
  readonly first: FirstViolation | undefined;
  /** The AdmissionReview that answers it. */
  readonly text: string;
}

/** Refused unless an authorizer says yes to everything. */
export interface Asking {
  readonly outcome: 'asking';
  readonly request: RequestHead;
  readonly rules: readonly ViolatedRule[];
  readonly first: FirstViolation | undefined;
  /** Each has to be answered so; at least one. */
  readonly questions: readonly AccessQuestion[];
  readonly prepared: PreparedResponse;
}

/** Nothing about a Service itself is a reason to refuse it for good: what it puts into service is to be read, and judged as well. */
export interface Waking {
  readonly outcome: 'waking';
  readonly request: RequestHead;
  /** Of the Service. */
  readonly name: string;
  readonly woken: Woken;
  readonly found: Found;
}

/** Of what a Service puts into service, where `isWoken` says that it is such an object. */
export interface JudgedWoken {
  readonly outcome: 'woken';
  readonly request: RequestHead;
  readonly found: Found;
}

import type { JsonResponse } from './get.ts';
import { refusalOf } from './outcome.ts';

interface Details {
  /** The API server does not remember a version any more (410). */
  readonly expired?: boolean;
  /** What was missed cannot be had from where we were. */
  readonly relist?: boolean;
  /** When the API server wants to be asked again. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Why a list or a watch ended early, in words for people, and what follows from it. */
export class Setback extends Error {
  override readonly name = 'Setback';
  readonly details: Details;

  constructor(message: string, details: Details = {}, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

export function setbackOf({ status, body, retryAfterSeconds }: JsonResponse): Setback {
  return new Setback(refusalOf(status, body), { expired: status === 410, relist: status === 404, retryAfterSeconds });
}

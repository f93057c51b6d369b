import { statusMessage } from './outcome.ts';

/** Why something, or the rest of it, could not be read. `status` is the HTTP status, where there was an answer. */
export interface ReadProblem {
  readonly status?: number;
  readonly message: string;
}

/** Of an answer that is not 200. */
export function refusalOf(status: number, body: unknown): ReadProblem {
  return {
    status,
    message: `the API server answered ${status}: ${statusMessage(body) ?? 'nothing that can be read'}`,
  };
}

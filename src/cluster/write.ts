import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { type Call, type JsonResponse, readJson, send } from './get.ts';
import type { ReadProblem } from './list.ts';
import { problemOf } from './outcome.ts';

/** Of an answer: an object as large as an API server stores any, as it is told back. */
const maxBytes = 16 * 1024 * 1024;

/** How often a call is repeated that the API server did not want to answer now. */
const maxRepeats = 3;

/** How long is waited at most before that, whatever the API server asks for (`Retry-After`). */
const maxWaitSeconds = 10;

const passing: readonly number[] = [429, 500, 502, 503, 504];

/**
 * One call about one object, read or written. It is repeated where the API server is overloaded or fails, for it may have done what it
 * was asked all the same: a POST is then answered with 409. Resolves to the answer, whatever it says, or to why there is none.
 */
export async function callOne(
  connection: Connection,
  call: Call,
  timeout: number,
): Promise<JsonResponse | ReadProblem> {
  for (let repeats = 0; ; repeats++) {
    const answer = await callOnce(connection, call, timeout);
    if ('message' in answer || !passing.includes(answer.status) || repeats === maxRepeats) return answer;
    await sleep(Math.min(answer.retryAfterSeconds ?? 2 ** repeats, maxWaitSeconds) * 1000);
  }
}

async function callOnce(connection: Connection, call: Call, timeout: number): Promise<JsonResponse | ReadProblem> {
  try {
    return await readJson(await send(connection, call, { timeout }), maxBytes);
  } catch (error) {
    return { message: problemOf(error, connection) };
  }
}

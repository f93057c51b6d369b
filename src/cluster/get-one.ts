import type { Connection } from './connection.ts';
import { get, type JsonResponse } from './get.ts';
import type { ReadProblem } from './list.ts';
import { problemOf, refusalOf } from './outcome.ts';

/** No object that an API server stores is as large, in JSON. */
const maxBytes = 16 * 1024 * 1024;

/** Reads one object, once: an overloaded API server is not asked again. */
export async function getOne(
  connection: Connection,
  path: string,
  timeout: number,
): Promise<JsonResponse | ReadProblem> {
  try {
    const answer = await get(connection, path, { timeout, maxBytes });
    const { status, body } = answer;
    return status === 200 ? answer : { status, message: refusalOf(status, body) };
  } catch (error) {
    return { message: problemOf(error, connection) };
  }
}

import type { Connection } from './connection.ts';
import { readJson, send } from './get.ts';
import { encodeHeaders } from './headers.ts';
import { impersonationHeaders } from './impersonation.ts';
import type { ReadProblem } from './list.ts';
import { problemOf } from './outcome.ts';

/** Somebody else, as whom a request is sent. */
export interface OtherUser {
  readonly user: string;
  readonly groups: readonly string[];
}

/** An answer to a POST, whatever its status. */
export interface PostAnswer {
  readonly status: number;
  /** JSON, or `undefined` where it is none. */
  readonly body: unknown;
}

/** No object that an API server stores is as large, in JSON. */
const maxBytes = 16 * 1024 * 1024;

/** Sends an object, once. A refusal is an answer, too; `message`: why there is none. */
export async function post(
  connection: Connection,
  path: string,
  object: unknown,
  timeout: number,
  as?: OtherUser,
): Promise<PostAnswer | ReadProblem> {
  try {
    const other = impersonationHeaders(as && { ...as, uid: undefined, extra: [] });
    const headers = encodeHeaders(other, '--as');
    const { status, body: answer } = await readJson(
      await send(connection, { method: 'POST', path, body: object, headers }, { timeout }),
      maxBytes,
    );
    return { status, body: answer };
  } catch (error) {
    return { message: problemOf(error, connection) };
  }
}

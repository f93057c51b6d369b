import type { Connection } from '../cluster/connection.ts';
import { getBytes, parseJson } from '../cluster/get.ts';
import { getOne } from '../cluster/get-one.ts';
import type { ReadProblem } from '../cluster/list.ts';
import { problemOf, refusalOf } from '../cluster/outcome.ts';
import { type OtherUser, type PostAnswer, post } from '../cluster/post.ts';
import { type Fields, fieldsOf, isFields } from '../json/fields.ts';
import { type Check, notChecked } from './check.ts';

/** Asks an API server, within a time for all questions together. */
export interface Asker {
  /** Reads an object. */
  get(path: string): Promise<Fields | ReadProblem>;
  /** Reads text, whatever its status; a refusal of the API server itself is a problem. */
  getText(path: string): Promise<string | ReadProblem>;
  /** Sends an object, as somebody else where that is said. */
  post(path: string, object: unknown): Promise<PostAnswer | ReadProblem>;
  readonly as: OtherUser | undefined;
  /** How much of the time is left. */
  remainingMilliseconds(): number;
}

/** An API server waits for a webhook for 10 s at most. */
const maxAnswerMilliseconds = 12_000;

/** Of the text of a pod. */
const maxTextBytes = 8 * 1024 * 1024;

export function createAsker(connection: Connection, timeout: number, as: OtherUser | undefined): Asker {
  const end = performance.now() + timeout;
  const remaining = () => Math.max(0, end - performance.now());
  const limit = () => Math.ceil(Math.max(1, Math.min(maxAnswerMilliseconds, remaining())));
  const late = { message: 'the time of --timeout is over' };
  return {
    as,
    remainingMilliseconds: remaining,
    async get(path) {
      if (remaining() === 0) return late;
      const answer = await getOne(connection, path, limit());
      if ('message' in answer) return answer;
      return isFields(answer.body) ? answer.body : { message: 'the API server answered something that is no object' };
    },
    async getText(path) {
      if (remaining() === 0) return late;
      try {
        const { status, bytes } = await getBytes(connection, path, { timeout: limit(), maxBytes: maxTextBytes });
        const body = parseJson(bytes.toString());
        return fieldsOf(body).kind === 'Status' ? { status, message: refusalOf(status, body) } : bytes.toString();
      } catch (error) {
        return { message: problemOf(error, connection) };
      }
    },
    async post(path, object) {
      return remaining() === 0 ? late : post(connection, path, object, limit(), as);
    },
  };
}

/** Objects of an API server may have a `message`, but no other member of these. */
export function isProblem(answer: Fields | ReadProblem): answer is ReadProblem {
  return typeof answer.message === 'string' && !('metadata' in answer);
}

/** What could not be read. `right`: what the caller needs for it, such as `get of configmaps in namespace guard`. */
export function unread(subject: string, { status, message }: ReadProblem, right: string): Check {
  const remedy = status === 403 ? `give yourself ${right} (docs/verify.md has the rights)` : 'look at the API server';
  return notChecked(subject, message, remedy);
}

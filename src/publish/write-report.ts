import type { Found } from '../audit/found.ts';
import type { Connection } from '../cluster/connection.ts';
import type { Call, JsonResponse } from '../cluster/get.ts';
import type { ReadProblem } from '../cluster/list.ts';
import { refusalOf } from '../cluster/outcome.ts';
import { callOne } from '../cluster/write.ts';
import { fieldsOf, listOf } from '../json/fields.ts';
import { isOwnReport, isStored, type ReportName, writeOpenReport } from '../report/open-report.ts';

/** `nothing`: there is no Report, and none is needed; also where the namespace is gone. Otherwise why it could not be brought up to date. */
export type Outcome = 'written' | 'unchanged' | 'deleted' | 'nothing' | ReadProblem;

export interface ReportCalls {
  readonly connection: Connection;
  /** Of the Reports of the namespace. */
  readonly path: string;
  readonly timeout: number;
  readonly now: Date;
}

/** How often it is begun anew, because somebody else has written the Report meanwhile. */
const maxConflicts = 4;

/** An API server that does not know a field says so, instead of dropping it: the Report would be written anew each time. */
const strict = 'fieldValidation=Strict&fieldManager=endpoints-webhook-audit';

/** Makes the Report of one namespace say what was found there, or deletes it where nothing was. */
export async function writeReport(calls: ReportCalls, name: ReportName, found: readonly Found[]): Promise<Outcome> {
  for (let conflicts = 0; ; conflicts++) {
    const outcome = await writeOnce(calls, name, found);
    if (outcome !== 'conflict') return outcome;
    if (conflicts === maxConflicts) return { status: 409, message: 'somebody else writes it at the same time' };
  }
}

async function writeOnce(
  { connection, path, timeout, now }: ReportCalls,
  name: ReportName,
  found: readonly Found[],
): Promise<Outcome | 'conflict'> {
  const own = `${path}/${encodeURIComponent(name.name)}`;
  const send = (call: Call) => callOne(connection, call, timeout);
  const read = await send({ method: 'GET', path: own });
  if ('message' in read) return read;
  const stored = read.status === 404 ? undefined : read.body;
  if (read.status !== 200 && read.status !== 404) return asProblem(read);
  if (stored === undefined && found.length === 0) return 'nothing';
  if (stored !== undefined && !isOwnReport(stored)) return found.length === 0 ? 'nothing' : notOurs(name);
  if (found.length === 0) return conclude('deleted', await send(deletionOf(own, stored)));
  const body = writeOpenReport(name, found, now, stored);
  if (stored === undefined) return conclude('written', await send({ method: 'POST', path: `${path}?${strict}`, body }));
  if (isStored(body, stored)) return 'unchanged';
  return conclude('written', await send({ method: 'PUT', path: `${own}?${strict}`, body }));
}

/** Only of what was read. */
function deletionOf(path: string, stored: unknown): Call {
  const { uid, resourceVersion } = fieldsOf(fieldsOf(stored).metadata);
  const preconditions = { uid, resourceVersion };
  return { method: 'DELETE', path, body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions } };
}

function notOurs({ name }: ReportName): ReadProblem {
  return {
    status: 409,
    message: `the Report ${name} that is there was written by something else: delete it, or choose another name with --report-name`,
  };
}

function conclude(done: 'written' | 'deleted', answer: JsonResponse | ReadProblem): Outcome | 'conflict' {
  if ('message' in answer) return answer;
  const { status, body } = answer;
  if (status >= 200 && status < 300) return done;
  if (status === 409) return 'conflict';
  if (status === 404 || isTerminating(body)) return 'nothing'; // the namespace, or the Report, is gone
  return asProblem(answer);
}

/** What an API server says where something is created in a namespace that is being deleted. */
function isTerminating(body: unknown): boolean {
  return listOf(fieldsOf(fieldsOf(body).details).causes).some(
    (cause) => fieldsOf(cause).reason === 'NamespaceTerminating',
  );
}

function asProblem({ status, body }: JsonResponse): ReadProblem {
  return { status, message: refusalOf(status, body) };
}

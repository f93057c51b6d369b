import { ClusterError } from '../cluster/cluster-error.ts';
import type { Connection } from '../cluster/connection.ts';
import { get, type JsonResponse } from '../cluster/get.ts';
import { causeOf, through } from '../cluster/outcome.ts';
import { fieldsOf } from '../json/fields.ts';

/** The version of Kubernetes. Throws a ClusterError where what answers is no API server, or accepts no credentials. */
export async function readVersion(connection: Connection, timeout: number): Promise<string> {
  const answer = await get(connection, '/version', { timeout, maxBytes: 1024 * 1024 }).catch(
    (error: unknown): JsonResponse => {
      if (error instanceof ClusterError) throw error; // nothing was sent
      throw new ClusterError(
        `cannot reach the API server at ${connection.host}${through(connection.proxy)}: ${causeOf(error)}`,
        {
          cause: error,
        },
      );
    },
  );
  const { gitVersion, message } = fieldsOf(answer.body);
  if (answer.status === 401)
    throw new ClusterError(`the API server at ${connection.host} does not accept these credentials (401)`);
  if (answer.status === 403) return 'of unknown version';
  if (answer.status !== 200 || typeof gitVersion !== 'string')
    throw new ClusterError(
      `what answers at ${connection.host} is no API server: ${answer.status} ${typeof message === 'string' ? message : ''}`.trim(),
    );
  return gitVersion;
}

import type { AuditSummary } from '../audit/summary.ts';
import type { Connection } from '../cluster/connection.ts';
import { refusalOf } from '../cluster/outcome.ts';
import { callOne } from '../cluster/write.ts';

/** The key under which it is written. */
const key = 'summary.json';

export interface ConfigMapName {
  readonly namespace: string;
  readonly name: string;
}

/** Writes it into a ConfigMap that has to be there: that needs no more than `patch` on this one. Resolves to why it could not be written. */
export async function writeSummary(
  connection: Connection,
  { namespace, name }: ConfigMapName,
  summary: AuditSummary,
  timeout: number,
): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
  const body = { data: { [key]: JSON.stringify(summary) } };
  const contentType = 'application/merge-patch+json';
  const query = 'fieldManager=endpoints-webhook-audit';
  const answer = await callOne(connection, { method: 'PATCH', path: `${path}?${query}`, body, contentType }, timeout);
  if ('message' in answer) return answer.message;
  if (answer.status === 404) return 'there is no such ConfigMap: create it, without data';
  return answer.status === 200 ? undefined : refusalOf(answer.status, answer.body);
}

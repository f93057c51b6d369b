import type { Connection } from './connection.ts';
import { type ForeignChanges, findForeignChanges } from './foreign-changes.ts';
import { getOne } from './get-one.ts';
import type { ConfigurationName } from './webhooks.ts';

/** How long an API server may take. */
const timeoutMilliseconds = 5000;

/** A configuration as it is compared with what was rendered; `problem`: why it could not be. */
export type ComparedConfiguration = (ForeignChanges & { readonly exists: boolean }) | { readonly problem: string };

/** Reads a configuration and compares it. One that does not exist is a change, too. */
export async function compareConfiguration(
  connection: Connection,
  { kind, name }: ConfigurationName,
  fillsCaBundle: boolean,
): Promise<ComparedConfiguration> {
  const path = `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${name}`;
  const answer = await getOne(connection, path, timeoutMilliseconds);
  if ('body' in answer) return { exists: true, ...findForeignChanges(answer.body, fillsCaBundle) };
  const missing = { exists: false, changes: ['the whole object, which does not exist'], managers: [] };
  if (answer.status === 404) return missing;
  return { problem: answer.message };
}

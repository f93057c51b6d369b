import type { ServerResponse } from 'node:http';
import { type Fields, fieldsOf, isFields } from '../../src/json/fields.ts';
import { type FakeRequest, refuse, sendJson } from './fake-request.ts';
import type { Change, FakeCollection } from './fake-store.ts';

/**
 * POST, PUT, merge PATCH and DELETE of one object, with uids and the versions that an object, or the preconditions of a DELETE, say.
 * Returns what has happened; `undefined` where it is refused.
 */
export function write(
  { method, namespace = '', name }: FakeRequest,
  response: ServerResponse,
  stored: FakeCollection,
  body: unknown,
): Change | undefined {
  const given = fieldsOf(fieldsOf(body).metadata);
  const key = `${namespace}/${name ?? given.name}`;
  const found = stored.get(key)?.read();
  if (method === 'POST' && found) return conflict(response, `"${given.name}" already exists`);
  if (method !== 'POST' && !found) {
    refuse(response, 404, { message: `"${name}" not found` });
    return undefined;
  }
  const { uid, resourceVersion } = method === 'DELETE' ? fieldsOf(fieldsOf(body).preconditions) : given;
  const live = fieldsOf(found?.metadata);
  if (resourceVersion !== undefined && resourceVersion !== live.resourceVersion)
    return conflict(response, 'the object has been modified');
  if (uid !== undefined && uid !== live.uid) return conflict(response, 'the UID in the precondition is another');
  if (method === 'DELETE') {
    const change = stored.remove(key);
    sendJson(response, 200, { kind: 'Status', status: 'Success' });
    return change;
  }
  const object = fieldsOf(method === 'PATCH' ? merged(found, body) : body);
  const change = stored.put(key, (version) => ({
    ...object,
    metadata: {
      ...fieldsOf(object.metadata),
      namespace,
      uid: live.uid ?? `uid-${version}`,
      resourceVersion: String(version),
    },
  }));
  sendJson(response, method === 'POST' ? 201 : 200, change.stored.read());
  return change;
}

function conflict(response: ServerResponse, message: string): undefined {
  refuse(response, 409, { message });
}

/** A JSON merge patch. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = { ...fieldsOf(target) };
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  return result satisfies Fields;
}

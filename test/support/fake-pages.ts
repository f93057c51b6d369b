import type { ServerResponse } from 'node:http';
import { createSelection, type FakeRequest, refuse, sendJson } from './fake-request.ts';
import type { FakeCollection, Stored } from './fake-store.ts';

export function sendOne({ namespace = '', name }: FakeRequest, response: ServerResponse, stored: FakeCollection): void {
  const found = stored.get(`${namespace}/${name}`);
  if (found) sendJson(response, 200, found.read());
  else refuse(response, 404, { message: `"${name}" not found` });
}

/** A page of the list as its first page saw it. As an API server: 410 comes with a token by which the rest can be had inconsistently. */
export function sendPage(request: FakeRequest, response: ServerResponse, stored: FakeCollection): void {
  const selects = createSelection(request);
  if (!selects) {
    refuse(response, 400, { message: 'field label not supported' });
    return;
  }
  const limit = Number(request.query.get('limit') ?? 0) || Number.POSITIVE_INFINITY;
  const token = readToken(request.query.get('continue'));
  const snapshot = stored.snapshot(token?.version);
  if (!snapshot) {
    const metadata = { continue: writeToken(stored.snapshot()?.version ?? 0, token?.after ?? '') };
    refuse(response, 410, { message: 'The provided continue parameter is too old', metadata });
    return;
  }
  const rest = token ? snapshot.all.slice(firstAfter(snapshot.all, token.after)) : snapshot.all;
  const { items, last } = pageOf(rest, selects, limit);
  const next = last === undefined ? {} : { continue: writeToken(snapshot.version, last) };
  sendJson(response, 200, {
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion: String(snapshot.version), ...next },
    items,
  });
}

/** `last`: the key of the last item, where there are more. Items of a list say no kind. */
function pageOf(all: readonly Stored[], selects: (object: unknown) => boolean, limit: number) {
  const items: unknown[] = [];
  let last = '';
  for (const { key, read } of all) {
    const { kind: _, apiVersion: __, ...object } = read();
    if (!selects(object)) continue;
    if (items.length === limit) return { items, last };
    items.push(object);
    last = key;
  }
  return { items, last: undefined };
}

function firstAfter(all: readonly Stored[], key: string): number {
  let [from, to] = [0, all.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((all[middle]?.key ?? '') <= key) from = middle + 1;
    else to = middle;
  }
  return from;
}

function writeToken(version: number, after: string): string {
  return Buffer.from(JSON.stringify({ version, after })).toString('base64url');
}

function readToken(token: string | null): { readonly version: number; readonly after: string } | undefined {
  return token ? JSON.parse(Buffer.from(token, 'base64url').toString()) : undefined;
}

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type Fields, fieldsOf } from '../../src/json/fields.ts';

/** A request as an API server reads it. */
export interface FakeRequest {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly url: string;
  /** Of all namespaces, such as `/api/v1/pods`. */
  readonly collection: string;
  readonly namespace: string | undefined;
  /** Of one object. */
  readonly name: string | undefined;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  readonly headers: IncomingHttpHeaders;
}

export function readRequest({ method = '', url = '', headers }: IncomingMessage): FakeRequest {
  const { pathname, searchParams: query } = new URL(url, 'https://127.0.0.1');
  const [, api, namespace, plural, name] =
    /^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  const collection = plural === undefined ? pathname : `${api}/${plural}`;
  const isWatch = method === 'GET' && /^(?:1|true)$/.test(query.get('watch') ?? '');
  return { method, url, collection, namespace, name, query, isWatch, headers };
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A refusal as an API server words it, which a fault may return. `retryAfter`: in seconds. */
export function refuse(
  response: ServerResponse,
  code: number,
  { message = `the test says ${code}`, retryAfter = undefined as number | undefined, metadata = {} } = {},
): true {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  sendJson(response, code, { ...statusOf(code, message), metadata }, headers);
  return true;
}

export function statusOf(code: number, message: string) {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
}

/** Whether an object is asked for. `undefined` where the API server does not know the selector. */
export function createSelection({ namespace, query }: FakeRequest): ((object: unknown) => boolean) | undefined {
  const fields = (query.get('fieldSelector') ?? '').split(',').filter(Boolean).map(readEquals);
  const labels = (query.get('labelSelector') ?? '')
    .split(/,(?![^(]*\))/)
    .filter(Boolean)
    .map(readLabel);
  const known = ['metadata.name', 'metadata.namespace', 'spec.nodeName', 'status.phase', 'status.podIP'];
  if (fields.some(([, value]) => value === undefined) || labels.includes(undefined)) return undefined;
  if (fields.some(([path]) => !known.includes(path))) return undefined;
  return (object) => {
    const metadata = fieldsOf(fieldsOf(object).metadata);
    if (namespace !== undefined && metadata.namespace !== namespace) return false;
    return (
      labels.every((isMet) => isMet?.(fieldsOf(metadata.labels))) &&
      fields.every(([path, value]) => String(valueAt(object, path) ?? '') === value)
    );
  };
}

/** `name=value`, or `name notin (one,other)`, which is met where there is none, too. */
function readLabel(text: string): ((labels: Fields) => boolean) | undefined {
  const [, unwanted, values = ''] = /^([^ ]+) notin \(([^)]*)\)$/.exec(text) ?? [];
  if (unwanted !== undefined) return (labels) => !values.split(',').some((value) => value === labels[unwanted]);
  const [name, value] = readEquals(text);
  return value === undefined ? undefined : (labels) => labels[name] === value;
}

function readEquals(text: string): readonly [name: string, value: string | undefined] {
  const [, name = text, value] = /^([^=!]+)==?(.*)$/.exec(text) ?? [];
  return [name, value];
}

function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => fieldsOf(value)[name], object);
}

import { expect } from 'vitest';
import type { Kind } from '../../../src/endpoints/view.ts';
import { type As, api, type Call } from './api.ts';
import { freshName, pathOf } from './names.ts';
import { ourTag } from './objects.ts';

/** A write, and whether the API server calls the webhook about it. */
export interface Situation {
  readonly kind: Kind;
  readonly title: string;
  readonly as: As;
  readonly called: boolean;
  /** What a running webhook says if called. */
  readonly verdict?: 'allowed';
  /** Another namespace than the tenant's. Nothing is stored there. */
  readonly namespace?: string;
  /** Of an object that may stand there already. A fresh one otherwise. */
  readonly name?: string;
  /** What stands there before, written by whom nobody asks. */
  readonly before?: object;
  /** It has a finalizer, and has been deleted. */
  readonly deleting?: boolean;
  /** The write; the object before is updated by a JSON merge patch unless something else is said. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly type?: string;
  readonly body: unknown;
}

export type Happened = 'taken' | 'refused by us' | 'failed calling us';

/** Those of the control plane are never asked about. With the rights of an administrator. */
export const controller: As = {
  user: 'system:serviceaccount:kube-system:endpoint-controller',
  groups: ['system:masters'],
};

/** Makes a situation in a namespace, and tells what came of it. The write itself is dry. */
export async function happens(situation: Situation, namespace: string): Promise<Happened | string> {
  const name = situation.name ?? freshName('object');
  const where = situation.namespace ?? namespace;
  if (situation.before) await store(situation, where, name);
  const method = situation.method ?? (situation.before ? 'PATCH' : 'POST');
  const url = `${pathOf(situation.kind, where, method === 'POST' ? undefined : name)}?dryRun=All${manager(situation.type)}`;
  const call: Call = {
    as: situation.as,
    type: situation.type ?? (method === 'PATCH' ? mergePatch : 'application/json'),
  };
  const body = method === 'DELETE' ? undefined : withName(situation.body, name, method);
  const { status, text, body: answer } = await api().call(method, url, { ...call, body });
  if (situation.deleting || hasFinalizers(situation.before)) await letGo(situation, where, name);
  if (status === 200 || status === 201) return 'taken';
  if (status === 422 && ourTag.test(text)) return 'refused by us';
  return status === 500 && /failed calling webhook "[^"]*endpoints-webhook[^"]*"/.test(answer.message ?? '')
    ? 'failed calling us'
    : `${status} ${text}`;
}

const mergePatch = 'application/merge-patch+json';

function manager(type: string | undefined): string {
  return type?.startsWith('application/apply-patch') ? '&fieldManager=tenant&force=true' : '';
}

async function store({ kind, before, deleting }: Situation, namespace: string, name: string): Promise<void> {
  const { metadata, ...rest } = before as { metadata?: object };
  const kept = deleting ? { finalizers: ['example.com/keep'] } : {};
  const object = { ...rest, metadata: { ...metadata, ...kept, name } };
  const { status, text } = await api().post(pathOf(kind, namespace), object, { as: controller });
  expect(status, text).toBe(201);
  if (deleting) await api().delete(pathOf(kind, namespace, name));
}

function hasFinalizers(object: object = {}): boolean {
  return 'metadata' in object && 'finalizers' in (object.metadata as object);
}

async function letGo({ kind }: Situation, namespace: string, name: string): Promise<void> {
  await api().patch(pathOf(kind, namespace, name), { metadata: { finalizers: null } }, { as: controller });
}

/** Whole objects carry their name; patches do not need it. */
function withName(body: unknown, name: string, method: string): unknown {
  if (method === 'PATCH' && !isWhole(body)) return body;
  const { metadata, ...rest } = body as { metadata?: Readonly<Record<string, unknown>> };
  if (metadata && 'generateName' in metadata) return body;
  return { ...rest, metadata: { ...metadata, name } };
}

function isWhole(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'kind' in body;
}

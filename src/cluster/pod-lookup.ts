import { fieldsOf } from '../json/fields.ts';
import { answerWithin, late } from './answer-within.ts';
import type { Connection } from './connection.ts';
import { createGate, type Gate } from './gate.ts';
import { type GetLimits, get, type JsonResponse } from './get.ts';
import { problemOf, refusalOf } from './outcome.ts';

/** Pods as they are now, as an API server sends them, or why that could not be asked, in words that name none of them. */
export type PodsNow =
  | { readonly pods: readonly unknown[]; readonly problem?: never }
  | { readonly pods?: never; readonly problem: string };

/** Asks an API server for single pods. Never rejects. */
export interface PodLookup {
  /** No pod where there is none by that name. */
  get(namespace: string, name: string, asking: PodAsking): Promise<PodsNow>;
  /** The pods of a namespace: those whose first address it is, or, without one, all of them where they are at most `maxListed`. */
  list(namespace: string, podIP: string | undefined, asking: PodAsking): Promise<PodsNow>;
}

interface PodAsking {
  /** In which it is answered, the waiting for a turn included. */
  readonly milliseconds: number;
  /** On whose behalf: those who ask have turns, whoever asks most. */
  readonly asker: string;
}

const mebibyte = 1024 * 1024;

/** How much is read at once, so that it is no more than 16 MiB. Of the pool's 8 connections some are left for other questions. */
const [maxFew, maxWhole] = [6, 1];
const [fewBytes, wholeBytes] = [2 * mebibyte, 4 * mebibyte];

const maxListed = 250;

/** `tell`: is given what an API server says instead of an answer; it may name pods. */
export function createPodLookup(connection: Connection, tell: (text: string) => void): PodLookup {
  const [few, whole] = [createGate(maxFew), createGate(maxWhole)];
  const ask = (gate: Gate, path: string, asking: PodAsking, maxBytes: number, read: Read): Promise<PodsNow> => {
    const { milliseconds, asker } = asking;
    const until = performance.now() + milliseconds;
    // what waits for its turn may have less time than those before it
    const asked = gate(asker, async () => {
      const timeout = Math.floor(until - performance.now());
      if (timeout <= 0) return late(milliseconds);
      return request(connection, path, { timeout, maxBytes }, (response) => {
        if (response.status !== 200 && !isMissing(response.status, response.body))
          tell(refusalOf(response.status, response.body));
        return read(response);
      });
    });
    return answerWithin(asked, milliseconds);
  };
  return {
    get(namespace, name, asking) {
      const path = `${podsPath(namespace)}/${encodeURIComponent(name)}`;
      return ask(few, path, asking, fewBytes, readOne(namespace, name));
    },
    list(namespace, podIP, asking) {
      const selector = podIP === undefined ? {} : { fieldSelector: `status.podIP=${podIP}` };
      const path = `${podsPath(namespace)}?${new URLSearchParams({ limit: String(maxListed), ...selector })}`;
      return podIP === undefined
        ? ask(whole, path, asking, wholeBytes, readPage)
        : ask(few, path, asking, fewBytes, readPage);
    },
  };
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

type Read = (response: JsonResponse) => PodsNow;

async function request(connection: Connection, path: string, limits: GetLimits, read: Read): Promise<PodsNow> {
  try {
    return read(await get(connection, path, limits));
  } catch (error) {
    return { problem: problemOf(error, connection) };
  }
}

function readOne(namespace: string, name: string): Read {
  return ({ status, body }) => {
    if (isMissing(status, body)) return { pods: [] };
    if (status !== 200) return refused(status);
    const { namespace: itsNamespace, name: itsName } = fieldsOf(fieldsOf(body).metadata);
    if (itsNamespace === namespace && itsName === name) return { pods: [body] };
    return { problem: 'the API server answered with something else than the pod' };
  };
}

/** A proxy may answer 404, too: only a Status says that there is no such pod. */
function isMissing(status: number, body: unknown): boolean {
  return status === 404 && fieldsOf(body).kind === 'Status';
}

function readPage(response: JsonResponse): PodsNow {
  if (response.status !== 200) return refused(response.status);
  const { items, metadata } = fieldsOf(response.body);
  if (!Array.isArray(items)) return { problem: 'the API server answered something that is no list' };
  if (fieldsOf(metadata).continue) return { problem: `more than ${maxListed} pods would have to be looked at` };
  return { pods: items };
}

function refused(status: number): PodsNow {
  return { problem: `the API server answered ${status}` };
}

import { answerWithin, late } from './answer-within.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import { type BytesResponse, type GetLimits, getBytes } from './get.ts';
import { problemOf } from './outcome.ts';
import { NoMemoryError, TooLargeError } from './too-large-error.ts';
import { maxSlices, readEndpoints, readSlices, type WokenNow } from './woken-answers.ts';

/** What a Service puts into service. */
export interface WokenQuestion {
  readonly namespace: string;
  /** Of the Service. */
  readonly name: string;
  /** Whether Endpoints of its name and all slices with its label, or only the slices that no controller of Kubernetes keeps. */
  readonly isEverything: boolean;
  /** Asked before so many bytes more are held. */
  readonly mayHold: (bytes: number) => boolean;
}

/** Reads it from an API server. What waits for its turn counts, too: answers after so many milliseconds. Never rejects. */
export type ReadWoken = (question: WokenQuestion, milliseconds: number) => Promise<WokenNow>;

const mebibyte = 1024 * 1024;

/** Endpoints that fill what an API server stores are less in JSON. Under a selector there are few slices, if any. */
const [maxEndpointsBytes, maxSlicesBytes, maxUnmanagedBytes] = [8 * mebibyte, 16 * mebibyte, 4 * mebibyte];

/** Each takes two of the pool's 8 connections. */
const maxAtOnce = 2;

const [serviceNameLabel, managedByLabel] = ['kubernetes.io/service-name', 'endpointslice.kubernetes.io/managed-by'];

/** They overwrite or delete what they keep, as soon as the Service has a selector. */
const controllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

/** `tell`: is given what an API server says instead of an answer. */
export function createWokenLookup(connection: Connection, tell: (text: string) => void): ReadWoken {
  const gate = createGate(maxAtOnce);
  return async (question, milliseconds) => {
    const { namespace, name } = question;
    if (![namespace, name].every(isLabel)) return { problem: 'no Service can have this name, or be in this namespace' };
    const until = performance.now() + milliseconds;
    const asked = gate(namespace, async () => {
      const timeout = Math.floor(until - performance.now());
      return timeout > 0 ? readAll(connection, question, timeout, tell) : lateNow(milliseconds);
    });
    return answerWithin<WokenNow>(asked, milliseconds, lateNow);
  };
}

async function readAll(
  connection: Connection,
  { namespace, name, isEverything, mayHold }: WokenQuestion,
  timeout: number,
  tell: (text: string) => void,
): Promise<WokenNow> {
  const read = async (path: string, maxBytes: number, readAnswer: (answer: BytesResponse) => WokenNow) => {
    const limits: GetLimits = { timeout, maxBytes, mayHold };
    try {
      return readAnswer(await getBytes(connection, path, limits));
    } catch (error) {
      return failed(error, connection, timeout);
    }
  };
  const all: readonly WokenNow[] = await Promise.all([
    ...(isEverything
      ? [read(`/api/v1/namespaces/${namespace}/endpoints/${name}`, maxEndpointsBytes, readEndpoints(tell))]
      : []),
    read(
      slicesPath(namespace, name, isEverything),
      isEverything ? maxSlicesBytes : maxUnmanagedBytes,
      readSlices(tell),
    ),
  ]);
  const unread = all.find((one) => one.isTooMuch) ?? all.find((one) => one.problem !== undefined);
  return unread ?? { objects: all.flatMap(({ objects = [] }) => objects) };
}

function failed(error: unknown, connection: Connection, timeout: number): WokenNow {
  if (error instanceof NoMemoryError) return { problem: `${error.message}: delete what is not needed, or try again` };
  if (error instanceof TooLargeError)
    return { problem: `${error.message}: delete what is not needed`, isTooMuch: true };
  if (error instanceof Error && error.name === 'TimeoutError') return lateNow(timeout);
  return { problem: `${problemOf(error, connection)}: try again` };
}

function slicesPath(namespace: string, name: string, isEverything: boolean): string {
  const unmanaged = isEverything ? '' : `,${managedByLabel} notin (${controllers})`;
  const query = new URLSearchParams({
    limit: String(maxSlices),
    labelSelector: `${serviceNameLabel}=${name}${unmanaged}`,
  });
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query}`;
}

function lateNow(milliseconds: number): { readonly problem: string } {
  return { problem: `${late(milliseconds).problem}: try again` };
}

/** As namespaces and Services are called. Anything else would be another path. */
function isLabel(text: string): boolean {
  return /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

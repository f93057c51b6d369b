import type { Kind } from '../../../src/endpoints/view.ts';
import { createApi } from './api.ts';
import { path, pathOf, tenant } from './names.ts';
import { badObjects, goodSlice, ourTag, scatteredEndpoints } from './objects.ts';
import { pause } from './until.ts';

/** A call that did not come back as it should have. */
export interface Lost {
  /** Milliseconds since 1970: when it was sent. */
  readonly at: number;
  readonly what: string;
}

export interface Tally {
  readonly calls: number;
  readonly lost: readonly Lost[];
  /** Milliseconds of the slowest call. */
  readonly slowest: number;
}

interface LoadOptions {
  readonly workers?: number;
  /** Milliseconds between a worker's calls. */
  readonly gap?: number;
  readonly services?: boolean;
}

export interface Load {
  stop(): Promise<Tally>;
  /** So far. */
  calls(): number;
  lost(): readonly Lost[];
}

/**
 * A tenant who creates Endpoints and EndpointSlices without end, dry, through the API server: in turn Endpoints that come back with
 * their subsets packed, so that the mutating webhook has answered, slices that are taken, and offending ones of either kind that come
 * back refused, so that the validating webhooks have. The same of Services that put something into service, if they are guarded.
 */
export function startLoad(namespace: string, { workers = 8, gap = 40, services = false }: LoadOptions = {}): Load {
  const sends = services ? [...sendsOfEndpoints, ...sendsOfServices] : sendsOfEndpoints;
  const client = createApi(workers);
  const lost: Lost[] = [];
  let calls = 0;
  let slowest = 0;
  let running = true;
  const work = async (worker: number) => {
    await pause((worker * gap) / workers);
    for (let turn = worker; running; turn++) {
      const at = Date.now();
      const what = await sends[turn % sends.length]?.(client, namespace).catch(String);
      calls++;
      slowest = Math.max(slowest, Date.now() - at);
      if (what !== undefined) lost.push({ at, what });
      await pause(gap);
    }
  };
  const working = Array.from({ length: workers }, (_, worker) => work(worker));
  return {
    calls: () => calls,
    lost: () => lost,
    async stop() {
      running = false;
      await Promise.all(working);
      await client.close();
      return { calls, lost, slowest };
    },
  };
}

type Send = (client: Client, namespace: string) => Promise<string | undefined>;
type Client = ReturnType<typeof createApi>;

const sendsOfEndpoints: readonly Send[] = [
  sendScattered,
  sendBad('Endpoints'),
  sendGoodSlice,
  sendBad('EndpointSlice'),
];

const sendsOfServices: readonly Send[] = [sendGoodService, sendBadService];

async function sendScattered(client: Client, namespace: string): Promise<string | undefined> {
  const url = `${pathOf('Endpoints', namespace)}?dryRun=All`;
  const { status, text, body } = await client.post(url, scatteredEndpoints('load'), { as: tenant });
  if (status !== 201) return `good: ${status} ${text}`;
  return body.subsets?.length === 1 ? undefined : 'good: taken, but not packed: the mutating webhook was skipped';
}

async function sendGoodSlice(client: Client, namespace: string): Promise<string | undefined> {
  const url = `${pathOf('EndpointSlice', namespace)}?dryRun=All`;
  const { status, text } = await client.post(url, goodSlice('load'), { as: tenant });
  return status === 201 ? undefined : `good slice: ${status} ${text}`;
}

function sendBad(kind: Kind): Send {
  return async (client, namespace) => {
    const url = `${pathOf(kind, namespace)}?dryRun=All`;
    const { status, text } = await client.post(url, badObjects[kind]('load'), { as: tenant });
    return status === 422 && ourTag.test(text) ? undefined : `bad ${kind}: ${status} ${text}`;
  };
}

async function sendGoodService(client: Client, namespace: string): Promise<string | undefined> {
  const service = { metadata: { name: 'load' }, spec: { ports: [{ port: 80 }] } };
  const { status, text } = await client.post(`${path(namespace, 'services')}?dryRun=All`, service, { as: tenant });
  return status === 201 ? undefined : `good Service: ${status} ${text}`;
}

async function sendBadService(client: Client, namespace: string): Promise<string | undefined> {
  const service = { metadata: { name: 'load' }, spec: { type: 'ExternalName', externalName: '169.254.169.254' } };
  const { status, text } = await client.post(`${path(namespace, 'services')}?dryRun=All`, service, { as: tenant });
  return status === 403 && ourTag.test(text) ? undefined : `bad Service: ${status} ${text}`;
}

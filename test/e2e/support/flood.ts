import { setTimeout } from 'node:timers/promises';
import type { Kind } from '../../../src/endpoints/view.ts';
import { type As, api, type Call, createApi } from './api.ts';
import { pathOf, tenant } from './names.ts';
import { goodEndpoints } from './objects.ts';
import { endpointsInProtobuf } from './protobuf.ts';

/** A body of about the 3 MiB that an API server takes at most. */
export interface Flood {
  readonly title: string;
  readonly kind: Kind;
  readonly body: string | Uint8Array;
  readonly type?: string;
}

const protobuf = 'application/vnd.kubernetes.protobuf';

/** The largest objects that an API server hands to a webhook. JSON of 200,000 addresses is more than it reads. */
export function largestObjects(): readonly Flood[] {
  return [
    {
      title: 'Endpoints of 200,000 addresses',
      kind: 'Endpoints',
      type: protobuf,
      body: endpointsInProtobuf('large', addresses(200_000)),
    },
    {
      title: 'Endpoints of 100,000 addresses, the most that are judged',
      kind: 'Endpoints',
      type: protobuf,
      body: endpointsInProtobuf('large', addresses(100_000)),
    },
    { title: 'an EndpointSlice of 1,000 endpoints with 100 addresses each', kind: 'EndpointSlice', body: largeSlice() },
    {
      title: 'an EndpointSlice of 100,000 forbidden addresses',
      kind: 'EndpointSlice',
      body: largeSlice('IPv6', loopbackInNat64),
    },
  ];
}

/** The first public addresses there are: no rule has anything against them, and they are short. */
function addresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `1.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
}

/** Spelt as an API server likes it: it writes a warning for each that is not. */
function loopbackInNat64(ip: string): string {
  const [, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return `64:ff9b::${(127 * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function largeSlice(addressType = 'IPv4', spell = (ip: string) => ip): string {
  const all = addresses(100_000).map(spell);
  return JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'large' },
    addressType,
    endpoints: Array.from({ length: 1000 }, (_, i) => ({ addresses: all.slice(i * 100, i * 100 + 100) })),
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  });
}

/** Sends an object without end, dry, so often at once. Resolves, once stopped, to how often it got which answer. */
export function startFlood(namespace: string, flood: Flood, parallel: number) {
  const answers = new Map<string, number>();
  const client = createApi(parallel);
  let running = true;
  const work = async () => {
    while (running) {
      const answer = await createLarge(namespace, flood, client);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  const working = Array.from({ length: parallel }, work);
  return async () => {
    running = false;
    await Promise.all(working);
    await client.close();
    return answers;
  };
}

/** Creates an object, dry. Resolves to the answer, as `dryCreate` says it. */
export function createLarge(namespace: string, { kind, body, type }: Flood, client: Client = api()): Promise<string> {
  return dryCreate(client, kind, namespace, body, { as: tenant, timeout: 60_000, ...(type ? { type } : {}) });
}

/** Another tenant: so many small creates, a few at a time. */
export async function createSmall(namespace: string, count: number, parallel: number) {
  const as: As = { user: 'neighbour', groups: tenant.groups ?? [] };
  const client = createApi(parallel);
  const milliseconds: number[] = [];
  const failed: string[] = [];
  let sent = 0;
  const work = async () => {
    while (sent++ < count) {
      const began = performance.now();
      const answer = await dryCreate(client, 'Endpoints', namespace, goodEndpoints('small'), { as, timeout: 60_000 });
      milliseconds.push(performance.now() - began);
      if (answer !== '201') failed.push(answer);
      await setTimeout(50);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  await client.close();
  return { milliseconds: milliseconds.toSorted((one, other) => one - other), failed };
}

type Client = ReturnType<typeof createApi>;

async function dryCreate(client: Client, kind: Kind, namespace: string, body: unknown, call: Call): Promise<string> {
  const url = `${pathOf(kind, namespace)}?dryRun=All`;
  const answer = await client.post(url, body, call).catch(String);
  if (typeof answer === 'string') return answer;
  return answer.status === 201 ? '201' : `${answer.status} ${(answer.body.message ?? answer.text).slice(0, 300)}`;
}

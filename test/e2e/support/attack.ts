import { expect } from 'vitest';
import { type As, api } from './api.ts';
import { type JudgedKind, refusedBy, slicesOf } from './kinds.ts';
import { freshName, path } from './names.ts';
import { controller } from './situation.ts';
import type { Thing } from './thing.ts';
import { pause } from './until.ts';

/** A way to get a forbidden target past us, and who does not let it happen. */
export interface Attack {
  readonly title: string;
  readonly kind: JudgedKind;
  /** What stands there before, put there by the system; without it the write creates. No Service uses it yet. */
  readonly before?: Content;
  /** It has a finalizer, and has been deleted. */
  readonly deleting?: boolean;
  /** The writes of the tenant; the last one is the one that is refused. The one before is patched unless something else is said. */
  readonly writes: readonly Write[];
  /** `by nobody`: what is left of it leads nowhere. Absent: by whoever is first, which versions of Kubernetes differ in. */
  readonly refused?: 'by us' | 'by the API server' | 'by nobody';
}

export type Content = Readonly<Record<string, unknown>>;

export interface Write {
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly type?: string;
  readonly query?: string;
  /** Below the object, or another path altogether. */
  readonly under?: string;
  readonly path?: string;
  /** See `filledIn`. */
  readonly body?: unknown | ((name: string, target: string) => unknown);
}

/** Makes an attack on a Service of its own, which has no selector, and checks that no proxy is told of the target afterwards. */
export async function make(attack: Attack, namespace: string, tenant: As, target: string): Promise<void> {
  const name = freshName('attacked');
  // where all is refused there is nothing that a Service could use
  const stored = attack.before !== undefined || attack.writes.length > 1 || attack.refused === 'by nobody';
  if (stored) await createService(namespace, name);
  if (attack.before) await store(attack, namespace, name, target);
  expect(await inService(namespace, name, target), 'in service before the attack').toEqual([]);
  const answers = [];
  for (const write of attack.writes) answers.push(await send(write, attack, namespace, name, tenant, target));
  const last = answers.at(-1) ?? { status: 0, text: 'nothing was written' };
  await expectNotInService(namespace, name, target, stored ? 4 : 1);
  const by = `by ${refusedBy(last)}`;
  if (attack.refused) expect(by, last.text.slice(0, 500)).toBe(attack.refused);
  else expect(by, last.text.slice(0, 500)).not.toBe('by nobody');
  if (attack.deleting) await letGo(attack.kind, namespace, name);
}

/** Looks for as long as the mirroring controller takes, and longer. */
export async function expectNotInService(namespace: string, name: string, target: string, looks = 4): Promise<void> {
  for (let i = 0; i < looks; i++) {
    if (i > 0) await pause(80);
    expect(await inService(namespace, name, target)).toEqual([]);
  }
}

/** What leads proxies to the target by way of a Service: slices with its label that kube-proxy does not pass over. */
export async function inService(namespace: string, service: string, target: string): Promise<readonly string[]> {
  const found = (await slicesOf(namespace, service)).filter(
    ({ metadata, endpoints }) =>
      !Object.hasOwn(metadata?.labels ?? {}, 'service.kubernetes.io/headless') &&
      !Object.hasOwn(metadata?.labels ?? {}, 'service.kubernetes.io/service-proxy-name') &&
      (endpoints ?? []).some(
        ({ addresses, conditions }) =>
          conditions?.ready !== false && addresses.some((address) => leadsTo(address, target)),
      ),
  );
  return found.map(({ metadata }) => metadata?.name ?? '');
}

/** Whether an address is the target, however it is written; the last 32 bits are compared, or those of 6to4. */
function leadsTo(address: string, target: string): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = target.split('.').map(Number);
  const hextets = [a * 256 + b, c * 256 + d].map((hextet) => hextet.toString(16));
  return (
    address === target || address.endsWith(`:${hextets.join(':')}`) || address.startsWith(`2002:${hextets.join(':')}:`)
  );
}

export async function createService(namespace: string, name: string, spec: object = {}): Promise<Thing> {
  const ports = [{ name: 'http', port: 8080 }];
  const answer = await api().post(path(namespace, 'services'), { metadata: { name }, spec: { ports, ...spec } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

async function store({ kind, before = {}, deleting }: Attack, namespace: string, name: string, target: string) {
  const { metadata = {}, ...content } = before as { metadata?: Content };
  const simplest = kind.object(name, '198.51.100.7');
  const kept = deleting ? { finalizers: ['example.com/keep'] } : {};
  const object = { ...simplest, ...content, metadata: { ...simplest.metadata, ...metadata, ...kept } };
  const { status, text } = await api().post(kind.path(namespace), filledIn(object, name, target), { as: controller });
  expect(status, text).toBe(201);
  if (deleting) await api().delete(kind.path(namespace, name));
}

async function letGo(kind: JudgedKind, namespace: string, name: string): Promise<void> {
  await api().patch(kind.path(namespace, name), { metadata: { finalizers: null } }, { as: controller });
}

async function send(write: Write, attack: Attack, namespace: string, name: string, as: As, target: string) {
  const { kind, before } = attack;
  const method = write.method ?? (before ? 'PATCH' : 'POST');
  const object = kind.path(namespace, method === 'POST' ? undefined : name);
  const url = `${(write.path ?? object).replaceAll('NAMESPACE', namespace)}${write.under ?? ''}${write.query ?? ''}`;
  const type = write.type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  const body = typeof write.body === 'function' ? write.body(name, target) : filledIn(write.body, name, target);
  return api().call(method, url, { as, type, timeout: 90_000, ...(body === undefined ? {} : { body }) });
}

/**
 * NAME is the Service's name, TARGET the forbidden address, {hi} and {lo} its halves as hextets, {HI} and {LO} with zeros and in capitals,
 * {~hi} and {~lo} with all bits turned; {a}, {b}, {c} are its bytes as hextets, {bc} two of them, and {d0} the last with a byte of 0.
 */
export function filledIn(body: unknown, name: string, target: string): unknown {
  if (body === undefined || body instanceof Uint8Array) return body;
  const [a = 0, b = 0, c = 0, d = 0] = target.split('.').map(Number);
  const hex = (hextet: number) => hextet.toString(16);
  const [hi, lo] = [hex(a * 256 + b), hex(c * 256 + d)];
  const values = {
    NAME: name,
    TARGET: target,
    '{hi}': hi,
    '{lo}': lo,
    '{HI}': wide(hi),
    '{LO}': wide(lo),
    '{~hi}': hex(0xffff - a * 256 - b),
    '{~lo}': hex(0xffff - c * 256 - d),
    ...{ '{a}': hex(a), '{b}': hex(b), '{c}': hex(c), '{bc}': hex(b * 256 + c), '{d0}': hex(d * 256) },
    '{0a}': `0${a}`,
  };
  let text = typeof body === 'string' ? body : JSON.stringify(body);
  for (const [token, value] of Object.entries(values)) text = text.replaceAll(token, value);
  return typeof body === 'string' ? text : JSON.parse(text);
}

function wide(hextet: string): string {
  return hextet.padStart(4, '0').toUpperCase();
}

import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type As, api } from './api.ts';
import { folder } from './folder.ts';
import { path, tenant } from './names.ts';
import { freshNamespace } from './namespace.ts';
import { goodEndpoints } from './objects.ts';
import { logsOf, runPod } from './pod.ts';
import type { Thing } from './thing.ts';
import { until } from './until.ts';

// Two Services, one with a selector and one with Endpoints that a tenant wrote, and a pod that calls both all the time, from before
// the webhook is installed until after it is gone. What happened meanwhile is read from that pod's log.

/** One second of one Service, as the calling pod saw it. */
interface Second {
  readonly at: number;
  readonly target: string;
  readonly ok: number;
  readonly failed: readonly string[];
  /** The pods that answered. */
  readonly from: readonly string[];
}

interface Traffic {
  readonly namespace: string;
  /** Addresses of the two serving pods. */
  readonly addresses: Readonly<Record<'one' | 'two', string>>;
}

export const port = 8080;
const state = `${folder}/traffic.json`;

export const server = `require('http').createServer((q, r) => r.end(process.env.NAME)).listen(${port});`;

const caller = `
const http = require('http');
for (const [target, host] of Object.entries(JSON.parse(process.env.TARGETS))) {
  let seen = { ok: 0, failed: [], from: new Set() };
  setInterval(() => {
    const fail = (error) => seen.failed.push(String(error));
    const sent = http.get({ host, port: ${port}, agent: false, timeout: 2000 }, (r) => {
      let text = '';
      r.on('data', (chunk) => (text += chunk)).on('end', () => { seen.ok++; seen.from.add(text); });
    });
    sent.on('error', fail).on('timeout', () => sent.destroy(new Error('no answer in 2 s')));
  }, 100);
  setInterval(() => {
    console.log(JSON.stringify({ at: Date.now(), target, ...seen, from: [...seen.from] }));
    seen = { ok: 0, failed: [], from: new Set() };
  }, 1000);
}`;

/** Started once in a run, whichever scenario comes first. Every request is answered from then on. */
export async function traffic(): Promise<Traffic> {
  try {
    return JSON.parse(readFileSync(state, 'utf8'));
  } catch {
    const started = await startTraffic();
    writeFileSync(state, JSON.stringify(started));
    return started;
  }
}

async function startTraffic(): Promise<Traffic> {
  const namespace = await freshNamespace('traffic');
  const serve = (name: string) => runPod(namespace, name, server, { labels: { app: 'server' }, env: { NAME: name } });
  const [one, two] = await Promise.all([serve('one'), serve('two')]);
  const selected = await createService(namespace, 'selected', { app: 'server' });
  const written = await createService(namespace, 'hand-written');
  const addresses = { one: one.status?.podIP ?? '', two: two.status?.podIP ?? '' };
  const { status, text } = await api().post(path(namespace, 'endpoints'), handWritten(addresses.one), { as: tenant });
  expect(status, text).toBe(201);
  const targets = { selected: selected.spec?.clusterIP, 'hand-written': written.spec?.clusterIP };
  await runPod(namespace, 'caller', caller, { env: { TARGETS: JSON.stringify(targets) } });
  const both = Object.keys(targets);
  await until('both Services answer every request', async () => {
    const seconds = await secondsOf(namespace);
    const last = both.map((one) => seconds.findLast(({ target }) => target === one));
    return last.every((second) => second !== undefined && second.ok > 0 && second.failed.length === 0);
  });
  return { namespace, addresses };
}

/** What the tenant sends to the Service without a selector. */
export function handWritten(ip: string) {
  return { ...goodEndpoints('hand-written'), subsets: [{ addresses: [{ ip }], ports: [{ name: 'http', port }] }] };
}

/** A Service on our port; with a selector or without. */
export async function createService(namespace: string, name: string, selector?: object, as?: As): Promise<Thing> {
  const spec = { ports: [{ name: 'http', port }], ...(selector ? { selector } : {}) };
  const { status, text, body } = await api().post(path(namespace, 'services'), { metadata: { name }, spec }, { as });
  expect(status, text).toBe(201);
  return body;
}

/** What the calling pod saw of one Service between two moments. */
export async function seenTraffic(target: string, from: number, to: number) {
  const all = await secondsOf((await traffic()).namespace);
  const seconds = all.filter((second) => second.target === target && second.at >= from && second.at <= to);
  return {
    ok: seconds.reduce((sum, { ok }) => sum + ok, 0),
    failed: seconds.flatMap(({ failed }) => failed),
    pods: [...new Set(seconds.flatMap(({ from: pods }) => pods))].sort(),
  };
}

async function secondsOf(namespace: string): Promise<readonly Second[]> {
  const lines = (await logsOf(namespace, 'caller')).split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line));
}

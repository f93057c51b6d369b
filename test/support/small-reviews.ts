import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { reviewOf } from '../bench/bodies.ts';
import { post } from './bundle.ts';

/** How small honest reviews fared, since the last time this was asked. */
export interface Fared {
  readonly count: number;
  /** In milliseconds. */
  readonly longest: number;
  /** What was not allowed, or got no answer. */
  readonly failures: readonly string[];
}

/**
 * Sends one small review after the other over one connection, every 10 ms, in a thread of its own: what the tests do besides does not make
 * them late.
 */
export function sendSmallReviews(port: number) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { port } });
  return {
    fared: () =>
      new Promise<Fared>((resolve) => {
        worker.once('message', resolve);
        worker.postMessage('');
      }),
    stop: () => worker.terminate(),
  };
}

async function send(port: number, isAsked: () => boolean): Promise<void> {
  const body = reviewOf([{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  let [count, longest, failures] = [0, 0, [] as string[]];
  for (;;) {
    const began = performance.now();
    const answer = await post(port, '/validate', body, { agent, localAddress: '127.0.0.9' }).catch(String);
    count++;
    longest = Math.max(longest, performance.now() - began);
    const text = typeof answer === 'string' ? answer : answer.text;
    if (!text.includes('"allowed":true')) failures.push(text);
    if (isAsked()) {
      parentPort?.postMessage({ count, longest, failures });
      [count, longest, failures] = [0, 0, []];
    }
    await sleep(10);
  }
}

if (parentPort) {
  let asked = false;
  parentPort.on('message', () => {
    asked = true;
  });
  void send(workerData.port, () => {
    const before = asked;
    asked = false;
    return before;
  });
}

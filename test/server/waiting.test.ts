import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { defaultPolicySource, parsePolicy } from '../../src/policy/policy.ts';
import type { AccessAnswer } from '../../src/review/access.ts';
import { rules } from '../../src/rules/index.ts';
import { createApp } from '../../src/server/app.ts';
import { createBudget, createUsage } from '../../src/server/budget.ts';
import { createJudgeThread } from '../../src/server/judge-thread.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { bad, createReview } from '../support/webhook.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes in use, once what nobody holds is gone. */
function held(): number {
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const policySource = {
  ...defaultPolicySource,
  rules: Object.fromEntries(
    rules.map(({ id }) => [id, id === 'forbidden-network' ? { networks: ['127.0.0.0/8'] } : { enforcement: 'none' }]),
  ),
};
const { policy } = parsePolicy(policySource);

test('what waits for an answer holds no objects: a slow cluster does not fill the memory', async () => {
  const waiting: ((answer: AccessAnswer) => void)[] = [];
  if (!policy) return expect.unreachable();
  const log = pino({ level: 'silent' });
  const thread = createJudgeThread({ heapBytes: 128 * 1024 * 1024, log });
  const app = createApp({
    inForce: { current: { policy, askAccess: () => new Promise((resolve) => waiting.push(resolve)) } },
    thread,
    log,
    metrics: createMetrics('0.0.0'),
    limits: { bodyBytes: 1e8 },
    budget: createBudget({ bodyBytes: 1e8, inFlightBytes: 1e9, maxSharePerClient: 1 }),
    usageOf: createUsage,
    logDenials: true,
    draining: () => false,
    wake: () => expect.unreachable(),
  });
  const server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const addresses = Array.from({ length: 40_000 }, (_, i) => ({ ip: `127.0.${i >> 8}.${i & 255}`, nodeName: 'node' }));
  const body = Buffer.from(JSON.stringify(createReview({ ...bad, subsets: [{ addresses, ports: [{ port: 80 }] }] })));
  const url = `http://127.0.0.1:${port}/validate`;
  const send = () =>
    new Promise<string>((resolve, reject) => {
      const options = { method: 'POST', agent: false, headers: { 'Content-Type': 'application/json' } };
      const request = http.request(url, options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(text));
      });
      request.on('error', reject).end(body);
    });
  /** Sends so many, one after the other, and leaves them waiting. */
  async function leaveWaiting(count: number): Promise<Promise<string>[]> {
    const answers = [];
    for (let i = 1; i <= count; i++) {
      answers.push(send());
      await eventually(() => expect(waiting).toHaveLength(i), { interval: 1 });
    }
    return answers;
  }
  async function release(answers: readonly Promise<string>[]): Promise<void> {
    for (const answer of waiting.splice(0)) answer({ result: 'refused' });
    for (const text of await Promise.all(answers)) expect(text).toContain('9990 more like these');
  }

  await release(await leaveWaiting(2)); // what is made only once
  const before = held();
  const count = 12;
  const answers = await leaveWaiting(count);
  const grown = (held() - before) / count;
  await release(answers);
  await new Promise((resolve) => server.close(resolve));
  await thread.close();
  console.log(`a review of ${(body.length / 1e6).toFixed(1)} MB that waits holds ${(grown / 1e3).toFixed(0)} kB`);
  expect(grown).toBeLessThan(200_000);
});

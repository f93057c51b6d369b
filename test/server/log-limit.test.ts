import https from 'node:https';
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { bad, createReview, startWebhook } from '../support/webhook.ts';

const webhook = await startWebhook({ maxRequestBytes: 4096 });
const agent = webhook.pool(20);
afterAll(() => {
  agent.destroy();
  return webhook.running.close();
});

function send(review: unknown): Promise<string> {
  const { port } = webhook.running;
  const options = { agent, host: '127.0.0.1', port, path: '/validate', method: 'POST' };
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const request = https.request({ ...options, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
    });
    request.on('error', reject).end(JSON.stringify(review));
  });
}

test.each([
  ['denials', bad, 422],
  ['reviews that are refused unread', { ...bad, extra: 'x'.repeat(4096) }, 413],
])('of %s 100 a second are logged, and a line says how many were left out', async (_, object, code) => {
  const [before, began, count] = [webhook.lines.length, performance.now(), 1000];
  const answers = await Promise.all(Array.from({ length: count }, () => send(createReview(object))));
  for (const text of answers) expect(text).toContain(`"code":${code}`);
  const seconds = Math.ceil((performance.now() - began) / 1000);
  const said = () => webhook.lines.slice(before);
  const logged = () => said().filter(({ uid }) => uid !== undefined).length;
  const leftOut = () => said().reduce((sum, line) => sum + Number(line.leftOut ?? 0), 0);
  await eventually(() => expect(logged() + leftOut()).toBe(count));
  expect(logged()).toBeLessThanOrEqual(100 * (seconds + 1));
  expect(said().find((line) => line.leftOut)).toMatchObject({
    level: 40,
    msg: 'lines about reviews were left out: more than 100 in a second',
  });
});

import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Gauge, Registry } from 'prom-client';
import supertest from 'supertest';
import { expect, onTestFinished, test } from 'vitest';
import { createOperationsServer, type ReadinessCheck } from '../../src/server/operations.ts';

const ready: ReadinessCheck = { name: 'listening', problem: undefined };
const trust: ReadinessCheck = { name: 'trust', problem: 'nobody trusts it yet' };
const shutdown: ReadinessCheck = { name: 'shutdown', problem: 'draining' };

test.each<[string, readonly ReadinessCheck[], string, number, string]>([
  ['ready', [ready], '', 200, 'ok\n'],
  ['ready, in words', [ready], '?verbose', 200, '[+]listening ok\nok\n'],
  ['ready, with a note', [{ ...ready, note: 'for 7 s' }], '?verbose', 200, '[+]listening ok (for 7 s)\nok\n'],
  ['not ready', [ready, trust], '', 503, 'not ready: nobody trusts it yet\n'],
  ['not ready for two reasons', [trust, shutdown], '', 503, 'not ready: nobody trusts it yet; draining\n'],
  [
    'not ready, in words',
    [ready, trust],
    '?verbose',
    503,
    '[+]listening ok\n[-]trust: nobody trusts it yet\nnot ready: nobody trusts it yet\n',
  ],
  ['ready but for what is not asked about', [ready, trust], '?exclude=trust', 200, 'ok\n'],
  ['not ready for another reason', [trust, shutdown], '?exclude=trust', 503, 'not ready: draining\n'],
  ['ready but for two things', [trust, shutdown], '?exclude=trust&exclude=shutdown&verbose', 200, 'ok\n'],
  ['not ready where the check has another name', [trust], '?exclude=tru', 503, 'not ready: nobody trusts it yet\n'],
])('%s', async (_, checks, query, status, text) => {
  const server = createOperationsServer({ registry: new Registry(), checks: () => checks });
  const answer = await supertest(server).get(`/readyz${query}`);
  expect([answer.status, answer.text]).toEqual([status, text]);
  const isReady = checks.every(({ problem }) => problem === undefined);
  expect((await supertest(server).get('/metrics')).text).toContain(`\nendpoints_webhook_ready ${isReady ? 1 : 0}\n`);
});

test('twenty who ask for metrics at the same time do not have them written twenty times', async () => {
  const registry = new Registry();
  let written = 0;
  new Gauge({ name: 'gauge', help: 'Counts.', registers: [registry], collect: () => void written++ });
  const server = createOperationsServer({ registry, checks: () => [ready] }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets = Array.from({ length: 20 }, () => net.connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
  for (const answer of await Promise.all(sockets.map(text))) expect(answer).toContain('gauge 0');
  expect(written).toBeLessThan(10);
});

import { Registry } from 'prom-client';
import supertest from 'supertest';
import { expect, test } from 'vitest';
import { createOperationsServer, type ReadinessCheck } from '../../src/server/operations.ts';

const ready: ReadinessCheck = { name: 'listening', problem: undefined };
const trust: ReadinessCheck = { name: 'trust', problem: 'nobody trusts it yet' };
const shutdown: ReadinessCheck = { name: 'shutdown', problem: 'draining' };

test.each<[string, readonly ReadinessCheck[], string, number, string]>([
  ['ready', [ready], '', 200, 'ok\n'],
  ['ready, in words', [ready], '?verbose', 200, '[+]listening ok\nok\n'],
  ['not ready', [ready, trust], '', 503, 'not ready: nobody trusts it yet\n'],
  ['not ready for two reasons', [trust, shutdown], '', 503, 'not ready: nobody trusts it yet; draining\n'],
  [
    'not ready, in words',
    [ready, trust],
    '?verbose',
    503,
    '[+]listening ok\n[-]trust: nobody trusts it yet\nnot ready: nobody trusts it yet\n',
  ],
])('%s', async (_, checks, query, status, text) => {
  const server = createOperationsServer({ registry: new Registry(), checks: () => checks });
  const answer = await supertest(server).get(`/readyz${query}`);
  expect([answer.status, answer.text]).toEqual([status, text]);
});

import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { load, openConnections } from './client.ts';

let [port, ca, answer] = [0, '', ''];
const server = https.createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'Content-Length': answer.length }).end(answer));
});
beforeAll(async () => {
  const pair = await issueSelfSigned(new Date());
  server.setSecureContext({ cert: pair.certificate, key: pair.privateKey });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  [port, ca] = [(server.address() as AddressInfo).port, pair.certificate];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each([
  ['"allowed":true', '"allowed":false'],
  ['"allowed":false', '"allowed":true'],
])('a bench that expects %s fails at %s', async (expected, given) => {
  answer = `{${expected}}`;
  const request = { path: '/validate', body: Buffer.from('{}'), expected };
  const sockets = await openConnections({ port, ca, count: 2 }, request);
  const work = { ...request, sockets, milliseconds: 20 };
  expect((await load(work)).length).toBeGreaterThan(1);
  answer = `{${given}}`;
  await expect(load(work)).rejects.toThrow(given);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
});

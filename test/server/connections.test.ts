import net from 'node:net';
import { afterAll, expect, test, vi } from 'vitest';
import { createReview, startWebhook } from '../support/webhook.ts';

const webhook = await startWebhook({ maxConnections: 5 });
afterAll(() => webhook.running.close());
const { running } = webhook;

const closing = (socket: net.Socket) =>
  new Promise<void>((resolve) => socket.on('error', () => {}).on('close', () => resolve()));

test.each([
  ['webhook', running.port, 5],
  ['operations', running.operationsPort, 50],
])('the %s port takes so many connections, and closes those beyond', async (_, port, most) => {
  const sockets = Array.from({ length: most + 10 }, () => net.connect(port, '127.0.0.1'));
  let closed = 0;
  for (const socket of sockets) void closing(socket).then(() => closed++);
  await vi.waitFor(() => expect(closed).toBe(10));
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(async () => {
    expect((await webhook.ask('/validate', createReview())).allowed).toBe(true);
    expect((await webhook.operations.get('/livez')).status).toBe(200);
  });
});

test('a connection that never sends a request ends, and one that has sent one is kept', async () => {
  const [silent, halting, speaking] = [webhook.connect(), webhook.connect(), webhook.connect()];
  const request = 'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
  const answers: string[] = [];
  speaking.on('data', (chunk) => answers.push(...(String(chunk).match(/^HTTP\/1.1 404/gm) ?? [])));
  speaking.write(request);
  halting.resume().write(request.slice(0, 20));
  await Promise.all([closing(silent.resume()), closing(halting)]);
  speaking.write(request);
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  speaking.destroy();
});

import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { bad, clientOf, createReview, spawnServe } from '../support/webhook.ts';

const free = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];
const body = JSON.stringify(createReview(bad, { uid: 'slow' }));

/** Code to run in the process at SIGUSR2: nothing that a client sends makes it fail. */
const onSignal = (code: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2',()=>{${code}})`)}`,
});
const exception = "throw new Error('on purpose')";

/** A process with a self-signed certificate. */
async function start(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { child, listening, ended } = spawnServe([...free, ...flags], env);
  const ports = await listening;
  const certificate = await presented(ports.port);
  let log = '';
  child.stdout?.on('data', (chunk) => (log += chunk));
  const logged = (text: string) => eventually(() => expect(log).toContain(text));
  return { child, ended, logged, certificate, ...clientOf({ ...ports, certificate }) };
}

function presented(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }).on('error', reject);
    socket.on('secureConnect', () => {
      resolve(String(socket.getPeerX509Certificate()));
      socket.destroy();
    });
  });
}

/** A process with a request whose body has half arrived. */
async function startBusy(flags: readonly string[], env: Readonly<Record<string, string>>) {
  const server = await start(flags, env);
  const request = server.open('/validate', body.length);
  await new Promise((resolve) => request.socket.write(body.slice(0, 100), resolve));
  await eventually(async () => expect(await server.metrics()).toMatch(/requests_in_flight 1$/m));
  const notReady = () =>
    eventually(async () => expect((await server.operations.get('/readyz')).text).toBe('not ready: draining\n'));
  return { server, request, notReady };
}

test('a self-signed certificate is good for a client whose clock is an hour behind', async () => {
  const { child, ended, certificate } = await start();
  const { validFromDate } = new X509Certificate(certificate);
  expect(validFromDate.getTime()).toBeLessThan(Date.now() - 3_590_000);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

describe.concurrent('signals that mean something else', () => {
  test.each(['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const)('%s does not end it', async (signal) => {
    const { child, ended, ask, logged } = await start();
    for (let i = 0; i < 2; i++) child.kill(signal);
    if (signal !== 'SIGPIPE') await logged(`"signal":"${signal}"`);
    expect((await ask('/validate', createReview(bad))).allowed).toBe(false);
    child.kill('SIGTERM');
    const { code, err } = await ended;
    expect({ code, err }, 'no inspector is opened').toEqual({ code: 0, err: '' });
  });

  test('SIGHUP while it starts', async () => {
    const { child, ended, listening } = spawnServe(free, onSignal(''));
    child.stdout?.once('data', () => child.kill('SIGHUP')); // the warning that its certificate is thrown away
    await listening;
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});

describe.concurrent('what nobody caught', () => {
  test.each([
    ['an exception', exception, 'uncaughtException'],
    ['a rejection', "Promise.reject(new Error('on purpose'))", 'unhandledRejection'],
  ])('%s: what is in flight is answered', async (_, code, origin) => {
    const { server, request, notReady } = await startBusy(['--shutdown-drain', '500ms'], onSignal(code));
    server.child.kill('SIGUSR2');
    await notReady();
    expect((await server.ask('/validate', createReview(bad))).allowed).toBe(false);
    request.socket.write(body.slice(100));
    expect((await request.closed).text).toMatch(/^HTTP\/1\.1 200 [\s\S]*"uid":"slow","allowed":false/);
    const { code: exit, out, err } = await server.ended;
    expect({ exit, err }).toEqual({ exit: 1, err: '' });
    expect(out).toMatch(new RegExp(`"level":60,.*"message":"on purpose","stack":"Error.*"origin":"${origin}"`));
  });

  test('a second exception ends it at once', async () => {
    const { server, request, notReady } = await startBusy(['--shutdown-drain', '1m'], onSignal(exception));
    server.child.kill('SIGUSR2');
    await notReady();
    server.child.kill('SIGUSR2');
    const { code, out } = await server.ended;
    expect({ code, told: out.match(/"level":60,/g)?.length }).toEqual({ code: 1, told: 2 });
    expect((await request.closed).text).toBe('');
  });

  test('SIGTERM while it drains does not cut it short, a second one does', async () => {
    const { server, request, notReady } = await startBusy(['--shutdown-drain', '1m'], onSignal(exception));
    server.child.kill('SIGUSR2');
    await notReady();
    server.child.kill('SIGTERM');
    await server.logged('"signal":"SIGTERM"');
    expect((await server.operations.get('/livez')).status).toBe(200);
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(1);
    expect((await request.closed).text).toBe('');
  });

  test('one while it drains after SIGTERM: the answer is still given, the code is 1', async () => {
    const { server, request, notReady } = await startBusy([], onSignal(exception));
    server.child.kill('SIGTERM');
    await notReady();
    server.child.kill('SIGUSR2');
    await server.logged('"level":60');
    request.socket.write(body.slice(100));
    expect((await request.closed).text).toContain('"uid":"slow","allowed":false');
    expect((await server.ended).code).toBe(1);
  });

  test('a drain that does not end is ended', { timeout: 60_000 }, async () => {
    const never = "import('node:net').then(({ Server }) => { Server.prototype.close = () => {} });";
    const { child, ended, logged } = await start([], onSignal(`${never} setTimeout(() => { ${exception} }, 100)`));
    child.kill('SIGUSR2');
    await logged('"level":60');
    const { code, out } = await ended;
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('ending at once') });
  });
});

import { randomUUID } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { reviewOf, validReview } from '../bench/bodies.ts';
import { excessive, worst } from '../bench/worst-bodies.ts';
import { type Client, call } from './calls.ts';
import { pick } from './random.ts';
import { add, type Tally } from './tally.ts';

/** A call that no API server makes. Resolves to what is wrong with the answer. */
type Attack = (client: Client, random: () => number) => Promise<string | undefined>;

const wrong = reviewOf([{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }] }]);

/** It may be refused in any way, or cut off; it may not be allowed, and may not make the server fail. */
const post =
  (body: (random: () => number) => Buffer, changes: Omit<Partial<Parameters<typeof call>[1]>, 'body'> = {}): Attack =>
  async (client, random) => {
    const answer = await call(client, { path: '/validate', body: body(random), ...changes }).catch(() => undefined);
    if (answer === undefined) return undefined;
    if (answer.code >= 500) return `HTTP ${answer.code}`;
    if (/"code":5(?!04)\d\d/.test(answer.text)) return `a verdict with ${/"code":5\d\d/.exec(answer.text)?.[0]}`;
    return answer.text.includes('"allowed":true') ? 'allowed' : undefined;
  };

const text = (content: string) => () => Buffer.from(content);

/** So much of a body, and then something else. */
const cut = (body: Buffer, random: () => number) => body.subarray(0, 1 + Math.floor(random() * (body.length - 1)));

const attacks: Readonly<Record<string, Attack>> = {
  'no JSON': post(text('endpoints: yes')),
  'an empty body': post(text('')),
  'a body that is cut off': post((random) => cut(wrong, random)),
  'a byte that is wrong': post((random) => {
    const body = Buffer.from(wrong);
    body[Math.floor(random() * body.length)] = Math.floor(random() * 32);
    return body;
  }),
  'invalid UTF-8': post(() => Buffer.concat([wrong.subarray(0, -3), Buffer.from([0xff, 0xfe]), wrong.subarray(-3)])),
  'too deep': post(text(`{"request":${'['.repeat(20_000)}`)),
  'deep within the limits': post(() => reviewOf(JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`))),
  'another version': post(() => Buffer.from(String(wrong).replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1'))),
  'a uid of a megabyte': post(() => reviewOf([], { uid: 'x'.repeat(1_000_000) })),
  'a name of a megabyte': post(() => reviewOf([{ addresses: [{ ip: '127.0.0.1' }] }], { name: 'x'.repeat(1_000_000) })),
  'an address of a megabyte': post(() => reviewOf([{ addresses: [{ ip: '1'.repeat(1_000_000) }] }])),
  'another path': post(() => wrong, { path: '/validate/../validate' }),
  'another method': post(() => wrong, { method: 'PUT' }),
  'another type': post(() => wrong, { headers: { 'Content-Type': 'text/plain' } }),
  'a content encoding': post(() => wrong, { headers: { 'Content-Encoding': 'gzip' } }),
  'a timeout of nothing': post(() => wrong, { path: '/validate?timeout=0s' }),
  'a header of 100 KiB': post(() => wrong, { headers: { 'X-Long': 'x'.repeat(100_000) } }),
  ...Object.fromEntries(Object.entries(excessive).map(([name, make]) => [name, post(lazily(make))])),
  ...Object.fromEntries(Object.entries(worst).map(([name, make]) => [name, answered(lazily(make))])),
  'both lengths': raw(
    `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  ),
  'no HTTP': raw('\u0016\u0003\u0001'.repeat(100)),
  'a body without its end': raw(
    `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n${validReview(3)}`,
  ),
  'no TLS': (client) => shout(net.connect({ ...client, host: '127.0.0.1' }), `POST /validate HTTP/1.1\r\n\r\n`),
};

export async function sendHostile(client: Client, random: () => number, tally: Tally): Promise<void> {
  const [name, attack] = pick(random, Object.entries(attacks));
  const problem = await attack(client, random);
  if (problem) add(tally.faults, `hostile, ${name}: ${problem}`);
  else add(tally.counts, 'hostile and survived');
}

/** The worst within the limits: some of it is valid, so any verdict will do. */
function answered(make: () => Buffer): Attack {
  const refused = post(make);
  return async (client, random) => {
    const problem = await refused(client, random);
    return problem === 'allowed' ? undefined : problem;
  };
}

function raw(bytes: string): Attack {
  return (client) => shout(tls.connect({ ...client, host: '127.0.0.1', rejectUnauthorized: false }), bytes);
}

/** Writes, and leaves after 200 ms, whatever is answered. */
function shout(socket: net.Socket, bytes: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    socket.on('data', (chunk) => (said += chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(/^HTTP\/1\.1 5\d\d|"allowed":true/.exec(said)?.[0]));
    socket.write(bytes, 'latin1');
    setTimeout(() => socket.destroy(), 200);
  });
}

/** Made when it is first sent, and with another uid each time. */
function lazily(make: () => Buffer): () => Buffer {
  let made: Buffer | undefined;
  return () => {
    made ??= make();
    made.write(randomUUID(), made.indexOf('"uid":"') + 7, 'latin1');
    return made;
  };
}

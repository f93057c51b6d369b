import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { bad, clientOf, createReview, good, spawnServe, updateReview } from '../support/webhook.ts';

const warmUp = 4000;
const measured = 20_000;
const connections = 8;
const mebibyte = 1024 * 1024;

/** What is seen is below 20 MiB; a leak of 3 KiB a request would exceed this. */
const bound = 60;

test(`memory stays where it is over ${measured} requests`, { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
  const { certificate, privateKey } = await issueSelfSigned(new Date());
  const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  writeFileSync(certFile, certificate);
  writeFileSync(keyFile, privateKey);
  const flags = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];
  const { child, listening, ended } = spawnServe([
    ...flags,
    '--tls-cert-file',
    certFile,
    '--tls-private-key-file',
    keyFile,
  ]);
  const ports = await listening;
  const client = clientOf({ ...ports, certificate });
  const agent = client.pool(connections);
  const resident = async () =>
    Number(/^process_resident_memory_bytes (.*)$/m.exec(await client.metrics())?.[1]) / mebibyte;

  const many = Array.from({ length: 50 }, (_, i) => ({ ip: `127.0.0.${i}` }));
  const kinds: readonly (readonly [path: string, body: string, answer: string])[] = [
    ['/validate', JSON.stringify(createReview()), '"allowed":true'],
    ['/validate', JSON.stringify(createReview(bad)), '"code":422'],
    [
      '/validate',
      JSON.stringify(createReview({ ...good, subsets: [{ addresses: many, ports: [{ port: 0 }] }] })),
      '"code":422',
    ],
    ['/validate', JSON.stringify(updateReview(bad, bad)), '"unchanged"'],
    ['/mutate', JSON.stringify(createReview({ ...good, subsets: [{ ports: [{ port: 1 }] }] })), '"patch"'],
    ['/mutate', '{', '"code":400'],
  ];
  let sent = 0;
  const ask = (number: number) =>
    new Promise<void>((resolve, reject) => {
      const [path, body, wanted] = kinds[number % kinds.length] as (typeof kinds)[number];
      const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
      const request = https.request(
        { agent, host: '127.0.0.1', port: ports.port, path: `${path}?timeout=5s`, method: 'POST', headers },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => (text.includes(wanted) ? resolve() : reject(new Error(`${path}: ${text}`))));
        },
      );
      request.on('error', reject).end(body);
    });
  const run = async (until: number) => {
    const worker = async () => {
      while (sent < until) await ask(sent++);
    };
    await Promise.all(Array.from({ length: connections }, worker));
  };

  await run(warmUp);
  const before = await resident();
  const began = performance.now();
  await run(warmUp + measured);
  const seconds = (performance.now() - began) / 1000;
  const after = await resident();
  agent.destroy();
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  rmSync(folder, { recursive: true });
  console.log(
    `RSS ${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB after ${measured} requests in ${seconds.toFixed(1)} s`,
  );
  expect(after - before).toBeLessThan(bound);
});

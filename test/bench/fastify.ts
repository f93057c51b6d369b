// Fastify as its documentation shows it, with our rules.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { judgeValue, policyWith } from './judge-value.ts';

const [certificate = '', key = '', ...networks] = process.argv.slice(2);
const policy = policyWith(networks);
const app = fastify({
  https: { cert: readFileSync(certificate), key: readFileSync(key) },
  bodyLimit: 6 * 1024 * 1024,
});
app.post('/validate', async (request) => judgeValue(policy, request.body));
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ port: (app.server.address() as AddressInfo).port }));

// Express as its documentation shows it, with our rules: express.json(), a handler, response.json().
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { judgeValue, policyWith } from './judge-value.ts';

const [certificate = '', key = '', ...networks] = process.argv.slice(2);
const policy = policyWith(networks);
const app = express();
app.use(express.json({ limit: '6mb' }));
app.post('/validate', (request, response) => {
  response.json(judgeValue(policy, request.body));
});
const server = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, app);
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});

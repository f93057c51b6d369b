import { api } from './api.ts';
import { freshName, path, release } from './names.ts';
import { logsOf, runPod } from './pod.ts';
import { until } from './until.ts';

/** Asks the webhook without a certificate, whatever its own is; a line each. */
const script = `
const https = require('https');
const ask = (method, path) => new Promise((resolve) => {
  const options = { host: process.env.HOST, path, method, rejectUnauthorized: false, agent: false };
  const sent = https.request({ ...options, headers: { 'content-type': 'application/json' } }, (answer) => {
    resolve('answered with ' + answer.statusCode);
  });
  let names = '';
  sent.on('socket', (socket) => socket.on('secureConnect', () => (names = ' after ' + socket.getPeerCertificate().subjectaltname)));
  sent.on('error', ({ code, message }) => resolve((code || message) + names));
  sent.end(method === 'POST' ? '{}' : undefined);
});
(async () => {
  for (const [method, path] of [['POST', '/validate'], ['POST', '/mutate'], ['GET', '/validate'], ['GET', '/']])
    console.log(method, path, await ask(method, path));
  console.log('done');
  setInterval(() => {}, 1000);
})();`;

/** What a pod sees of our Service that has no certificate. */
export async function askAsStranger(namespace: string): Promise<string> {
  const { fullname, namespace: home } = release();
  const host = (await api().get(path(home, 'services', fullname))).body.spec?.clusterIP ?? '';
  const name = freshName('stranger');
  await runPod(namespace, name, script, { env: { HOST: host } });
  return until('the stranger has asked', async () => {
    const text = await logsOf(namespace, name);
    return text.includes('done') && text;
  });
}

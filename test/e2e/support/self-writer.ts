import { kinds } from './kinds.ts';
import { freshName } from './names.ts';
import { createPod, logsOf } from './pod.ts';
import { until } from './until.ts';

/** What came of a write that a pod made of its own address. */
interface Written {
  readonly kind: string;
  readonly status: number;
  readonly text: string;
  /** Milliseconds after the process began. */
  readonly after: number;
}

const writer = `
const https = require('https'), fs = require('fs');
const folder = '/var/run/secrets/kubernetes.io/serviceaccount/';
const [ca, token] = ['ca.crt', 'token'].map((name) => fs.readFileSync(folder + name));
const all = Object.values(require('os').networkInterfaces()).flat();
const { address } = all.find(({ internal, family }) => !internal && family === 'IPv4') ?? all.find(({ internal }) => !internal);
for (const { kind, path, object } of JSON.parse(process.env.WRITES)) {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
  const sent = https.request({ host, port, path, method: 'POST', ca, headers }, (answer) => {
    let text = '';
    const say = () => console.log(JSON.stringify({ kind, status: answer.statusCode, text, after: Math.round(performance.now()) }));
    answer.on('data', (chunk) => (text += chunk)).on('end', say);
  });
  sent.on('error', (error) => console.log(JSON.stringify({ kind, status: 0, text: String(error), after: 0 })));
  sent.end(JSON.stringify(object).replace('ADDRESS', address));
}
setInterval(() => {}, 1e9);`;

/** A pod that lists its own address in both kinds as the first thing that it does, with a ServiceAccount that may write them. */
export async function startSelfWriter(namespace: string, serviceAccountName: string): Promise<readonly Written[]> {
  const name = freshName('self');
  const writes = kinds.map((kind) => ({
    kind: kind.kind,
    path: kind.path(namespace),
    object: kind.object(name, 'ADDRESS'),
  }));
  const spec = { serviceAccountName, automountServiceAccountToken: true };
  await createPod(namespace, name, writer, { env: { WRITES: JSON.stringify(writes) }, spec });
  return until(`pod ${name} has written`, async () => {
    const lines = (await logsOf(namespace, name).catch(() => '')).split('\n').filter((line) => line.startsWith('{'));
    return lines.length === kinds.length && lines.map((line) => JSON.parse(line));
  });
}

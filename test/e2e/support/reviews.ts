import { api } from './api.ts';
import { kinds } from './kinds.ts';
import { path, release } from './names.ts';
import { logsOf, runPod } from './pod.ts';

/** What the webhook said to a pod that asks it directly, as an API server that cannot be reached does not. */
export interface Said {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly address: string;
  readonly kind: string;
  readonly allowed: boolean;
  readonly message: string;
}

const asker = `
const https = require('https');
const ask = ({ address, kind, review }) => {
  const at = Date.now();
  const say = (allowed, message) => console.log(JSON.stringify({ at, address, kind, allowed, message }));
  const sent = https.request({ host: process.env.HOST, port: 443, path: '/validate?timeout=5s', method: 'POST', agent: false,
    headers: { 'content-type': 'application/json' }, rejectUnauthorized: false, timeout: 8000 }, (answer) => {
    let text = '';
    answer.on('data', (chunk) => (text += chunk)).on('end', () => {
      const { allowed, status = {} } = JSON.parse(text).response;
      say(allowed, status.message ?? '');
    });
  });
  sent.on('error', (error) => say(false, 'no answer: ' + error)).on('timeout', () => sent.destroy(new Error('in 8 s')));
  sent.end(JSON.stringify(review));
};
setInterval(() => JSON.parse(process.env.REVIEWS).forEach(ask), 1000);`;

/** Starts a pod that asks about these addresses every second, in objects of a namespace. */
export async function startAsker(
  namespace: string,
  addresses: readonly string[],
): Promise<() => Promise<readonly Said[]>> {
  const { fullname, namespace: home } = release();
  const { body } = await api().get(path(home, 'services', fullname));
  const reviews = addresses.flatMap((address) => kinds.map((kind) => reviewOf(kind, namespace, address)));
  await runPod(namespace, 'asker', asker, {
    env: { HOST: body.spec?.clusterIP ?? '', REVIEWS: JSON.stringify(reviews) },
  });
  return async () =>
    (await logsOf(namespace, 'asker')).split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}

function reviewOf(kind: (typeof kinds)[number], namespace: string, address: string) {
  const { group } = kind;
  const version = 'v1';
  const request = {
    ...{ uid: '1', operation: 'CREATE', namespace, name: 'asked', userInfo: { username: 'asker' } },
    kind: { group, version, kind: kind.kind },
    resource: { group, version, resource: kind.resource },
    object: kind.object('asked', address),
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return { address, kind: kind.kind, review };
}

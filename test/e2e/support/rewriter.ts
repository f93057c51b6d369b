import { expect } from 'vitest';
import { issueAuthority, issueLeaf } from '../../../src/certificates/issue.ts';
import { api } from './api.ts';
import { freshName, path } from './names.ts';
import { runPod } from './pod.ts';
import { hour } from './way.ts';

const port = 8443;

const script = `
const { CERTIFICATE: cert, KEY: key, TARGET: value } = process.env;
require('https').createServer({ cert, key }, (request, answer) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk)).on('end', () => {
    const { uid, object } = JSON.parse(text).request;
    const path = object.kind === 'Endpoints' ? '/subsets/0/addresses/0/ip' : '/endpoints/0/addresses/0';
    const patch = Buffer.from(JSON.stringify([{ op: 'replace', path, value }])).toString('base64');
    const response = { uid, allowed: true, patchType: 'JSONPatch', patch };
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
  });
}).listen(${port});`;

/** Somebody else's mutating webhook, after ours in the alphabet, which aims everything with label `rewrite` at the target. The result removes it. */
export async function startRewriter(namespace: string, target: string): Promise<() => Promise<void>> {
  const name = freshName('zzz-rewriter');
  const authority = await issueAuthority('rewriter', hour());
  const leaf = await issueLeaf(authority, [`${name}.${namespace}.svc`], hour());
  const env = { CERTIFICATE: leaf.certificate, KEY: leaf.privateKey, TARGET: target };
  await runPod(namespace, name, script, { labels: { app: name }, env });
  const spec = { selector: { app: name }, ports: [{ port: 443, targetPort: port }] };
  const service = await api().post(path(namespace, 'services'), { metadata: { name }, spec });
  expect(service.status, service.text).toBe(201);
  const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const webhook = {
    name: 'rewriter.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    reinvocationPolicy: 'IfNeeded',
    clientConfig: {
      caBundle: Buffer.from(authority.certificate).toString('base64'),
      service: { name, namespace, path: '/', port: 443 },
    },
    objectSelector: { matchLabels: { rewrite: name } },
    rules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['endpoints'] },
      {
        apiGroups: ['discovery.k8s.io'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['endpointslices'],
      },
    ],
  };
  const made = await api().post(configurations, { metadata: { name }, webhooks: [webhook] });
  expect(made.status, made.text).toBe(201);
  return async () => {
    await api().delete(`${configurations}/${name}`);
  };
}

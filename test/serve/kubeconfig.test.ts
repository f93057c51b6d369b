import { afterAll, expect, test } from 'vitest';
import { base64, createFolder, kubeconfigOf, pems, startStub, whoAsks } from '../support/kubeconfig.ts';
import { bad, createReview, startWebhook } from '../support/webhook.ts';

const { write, remove } = createFolder();
const stub = await startStub();
afterAll(async () => {
  await stub.close();
  remove();
});

const policy = write(
  'policy.yaml',
  JSON.stringify({
    ...{ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' },
    rules: { 'special-address': { enforcement: 'none' }, 'forbidden-network': { networks: ['127.0.0.0/8'] } },
  }),
);
write('fail', '#!/bin/sh\nexit 1\n', 0o755);
const cluster = { server: stub.url, 'certificate-authority-data': base64(pems.ca) };

/** What a denial says of a question to the API server, with the credentials of a user. */
async function denial(user: Readonly<Record<string, unknown>>): Promise<string> {
  stub.arrivals.length = 0;
  const { running, ask } = await startWebhook({ kubeconfig: write('config', kubeconfigOf(cluster, user)), policy });
  const { allowed, status } = await ask('/validate', createReview(bad));
  await running.close();
  expect(allowed).toBe(false);
  return status?.message ?? '';
}

test('what serve asks is asked with all that the kubeconfig says', async () => {
  await denial({ token: 'the-token', as: 'eve', 'as-groups': ['a', 'b'], 'as-user-extra': { scopes: ['x', 'y'] } });
  expect(stub.arrivals.map(({ path }) => path)).toEqual(['/apis/authorization.k8s.io/v1/subjectaccessreviews']);
  expect(stub.arrivals.map(whoAsks)).toEqual([
    [
      ['authorization', 'Bearer the-token'],
      ['impersonate-extra-scopes', 'x'],
      ['impersonate-extra-scopes', 'y'],
      ['impersonate-group', 'a'],
      ['impersonate-group', 'b'],
      ['impersonate-user', 'eve'],
    ],
  ]);
});

test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
  ['a token file that is not there', { tokenFile: 'absent' }, /cannot read the tokenFile of the user u of /],
  [
    'a plugin that fails',
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: './fail' } },
    /the credential plugin .*fail of the user u of .* failed with exit code 1/,
  ],
])('%s is the reason that serve gives, and nothing is sent', async (_, user, reason) => {
  expect(await denial(user)).toMatch(reason);
  expect(stub.arrivals).toEqual([]);
});

test('credentials do not follow a redirect to another server', async () => {
  const other = await startStub();
  stub.redirect = `${other.url}/elsewhere`;
  expect(await denial({ token: 'the-token' })).toMatch(/the API server redirects to another server/);
  expect(other.arrivals).toEqual([]);
  await other.close();
});

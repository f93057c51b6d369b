import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ApiServer, install, mutatingPath, startApiServer, validatingPath } from '../support/api-server.ts';
import { eventually } from '../support/eventually.ts';
import { clientOf, spawnServe } from '../support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every change of the others is looked for every 10 s, give or take. */
const patience = { timeout: 60_000, interval: 100 };

function change(api: ApiServer, path: string, members: object): void {
  const { webhooks, ...rest } = api.objects.get(path) as unknown as { webhooks: object[] };
  api.put(path, { ...rest, webhooks: webhooks.map((webhook) => ({ ...webhook, ...members })) });
}

test('what others change in the configurations is logged, counted and shown, and the pod stays ready', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const api = await startApiServer();
  onTestFinished(() => api.close());
  install(api);
  for (const path of [validatingPath, mutatingPath]) change(api, path, { clientConfig: { caBundle: 'Y2E=' } });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  const flags = `--port 0 --operations-port 0 --bind-address 127.0.0.1 --kubeconfig ${kubeconfig}
    --webhook-configuration validating/webhook-endpoints --webhook-configuration mutating/webhook-endpoints`;
  const { child, listening, ended } = spawnServe(flags.split(/\s+/));
  onTestFinished(() => void child.kill('SIGKILL'));
  const { operations } = clientOf({ ...(await listening), certificate: '' });
  const says = (line: string | RegExp) =>
    eventually(async () => {
      const { status, text } = await operations.get('/readyz?verbose');
      expect({ status, text }).toEqual({ status: 200, text: expect.stringMatching(line) });
    }, patience);
  const counts = async (configuration: string) => {
    const { text } = await operations.get('/metrics');
    const of = (name: string) => RegExp(`${name}\\{configuration="${configuration}"\\} (\\d)`).exec(text)?.[1];
    return [of('configuration_as_rendered'), of('foreign_changes_total')];
  };
  const exist = async () =>
    [...(await operations.get('/metrics')).text.matchAll(/^\w+_configuration_exists\{.*\} (\d)$/gm)].map(
      ([, value]) => value,
    );
  await eventually(async () => expect(await counts('mutating/webhook-endpoints')).toEqual(['0', '1']), patience);
  expect(await exist()).toEqual(['1', '1']);
  await says(/^\[\+\]configurations ok \(.*clientConfig of endpoints\.example\.com/m);
  install(api, 'Y2E=');
  await says(/^\[\+\]configurations ok$/m);
  expect(await counts('validating/webhook-endpoints')).toEqual(['1', '1']);

  change(api, validatingPath, { failurePolicy: 'Ignore' });
  api.objects.delete(mutatingPath);
  await says(
    /^\[\+\]configurations ok \(validating\/webhook-endpoints: changed: failurePolicy of endpoints\.example\.com \(written by nobody\); mutating\/webhook-endpoints: changed: the whole object, which does not exist/m,
  );
  expect(await counts('validating/webhook-endpoints')).toEqual(['0', '2']);
  expect(await exist()).toEqual(['1', '0']);
  api.interfere = () => 403;
  await says(/validating\/webhook-endpoints: could not be compared .*the API server answered 403: the test says no/);
  expect(await exist()).toEqual(['1', '0']);
  expect(await counts('validating/webhook-endpoints')).toEqual(['0', '2']);

  child.kill('SIGTERM');
  const { out } = await ended;
  expect(out).toMatch(
    /"level":40,.*"configuration":"validating\/webhook-endpoints","changes":\["failurePolicy of endpoints\.example\.com"\]/,
  );
  expect(out).toMatch(/"level":30,.*"the webhook configuration is as it was rendered"/);
});

import { beforeAll, expect, test } from 'vitest';
import { request, response } from '../seed/example.ts';
import { api } from '../support/api.ts';
import { kubectl, mustKubectl } from '../support/kubectl.ts';
import { freshName, path, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { guarding, install } from '../support/release.ts';
import { note } from '../support/report.ts';
import type { Thing } from '../support/thing.ts';

let namespace: string;

beforeAll(async () => {
  await install();
  namespace = await freshNamespace('example');
  await guarding(namespace);
});

test('the example request of “Creating an Endpoints Object” comes back as its example response', async () => {
  const flags = ['create', '--namespace', namespace, '--filename', '-', '--output', 'json'];
  const created = await kubectl(flags, { as: tenant, input: request });
  expect(created.code, created.err).toBe(0);
  const { apiVersion, kind, metadata, subsets }: Thing = JSON.parse(created.out);
  expect({ apiVersion, kind, subsets }).toEqual({ apiVersion: 'v1', kind: 'Endpoints', subsets: response.subsets });
  expect(metadata).toMatchObject({ name: 'cluster-test', namespace, uid: expect.any(String) });
  const stored = await mustKubectl(['get', 'endpoints', 'cluster-test', '--namespace', namespace, '--output', 'json']);
  expect(JSON.parse(stored).subsets).toEqual(response.subsets);
  note(
    'example',
    '- The example request, sent with `kubectl create`, is stored as the example response, `subsets` for `subsets`.',
  );
});

test('its URI, its status code and its parameter "pretty"', async () => {
  const uri = `${path(namespace, 'endpoints')}?dryRun=All`;
  const body = { ...request, metadata: { name: freshName('pretty') } };
  const plain = await api().post(uri, body, { as: tenant });
  const pretty = await api().post(`${uri}&pretty=true`, body, { as: tenant });
  expect([plain.status, pretty.status]).toEqual([201, 201]);
  expect(plain.text).not.toContain('\n  ');
  expect(pretty.text).toContain('\n  "metadata": {\n');
  note('example', '- `POST /api/v1/namespaces/{namespace}/endpoints` answers 201; with `pretty=true` it is indented.');
});

test('a port without a protocol is stored as TCP', async () => {
  const body = { ...request, metadata: { name: freshName('protocol') } };
  const { body: created } = await api().post(path(namespace, 'endpoints'), body, { as: tenant });
  expect(created.subsets?.flatMap(({ ports }) => ports ?? [])).toEqual([{ port: 1, protocol: 'TCP' }]);
});

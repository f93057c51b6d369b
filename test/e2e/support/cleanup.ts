import { api } from './api.ts';
import { until } from './until.ts';

/** Removes all namespaces of a run, and waits until they are gone. */
export async function deleteNamespaces(run: string): Promise<void> {
  const path = `/api/v1/namespaces?labelSelector=endpoints-webhook-e2e%3D${run}`;
  const left = async () => (await api().get(path)).body.items ?? [];
  for (const { metadata } of await left()) await api().delete(`/api/v1/namespaces/${metadata?.name}`);
  await until(`all namespaces of run ${run} gone`, async () => (await left()).length === 0, {
    seconds: 90,
    every: 500,
  });
}

import { api } from './api.ts';
import { path, release } from './names.ts';
import { until } from './until.ts';

/** Every number of pods that our Deployment asked for while something was going on. */
export async function replicasDuring(work: () => Promise<unknown>): Promise<readonly (number | undefined)[]> {
  const { fullname, namespace } = release();
  const deployment = path(namespace, 'deployments', fullname, 'apps/v1');
  const seen = new Set<number | undefined>();
  let working = true;
  const watching = until('it is over', async () => {
    seen.add((await api().get(deployment)).body.spec?.replicas);
    return !working;
  });
  await work().finally(() => {
    working = false;
  });
  await watching;
  return [...seen];
}

import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { prepareKill } from '../support/hard-kill.ts';
import { startLoad } from '../support/load.ts';
import { path, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { guarding, install, readyPods } from '../support/release.ts';
import { note } from '../support/report.ts';
import { pause, until } from '../support/until.ts';

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('killed');
  await install();
  await guarding(namespace);
});

test('a container killed by SIGKILL loses calls for 5 s at most', async () => {
  const [pod] = await readyPods(2);
  const kill = await prepareKill(pod ?? {});
  const load = startLoad(namespace);
  await pause(2000);
  const at = await kill();
  const name = pod?.metadata?.name ?? '';
  await until('the container is started again', async () => {
    const { body } = await api().get(path(release().namespace, 'pods', name));
    return body.status?.containerStatuses?.[0]?.restartCount === 1;
  });
  await readyPods(2);
  // the API server keeps its connections to the other pod: that it comes back too early shows in hardly any call
  const itself = `${path(release().namespace, 'pods', `https:${name}:8443`)}/proxy/validate`;
  expect((await api().get(itself)).status, 'a pod that is ready answers: GET is no method of ours').toBe(405);
  await pause(6000);
  const { calls, lost } = await load.stop();
  const after = lost.map((one) => one.at - at);
  const last = lost.length === 0 ? '' : `, the last sent ${Math.max(...after)} ms after the kill`;
  note('availability', `- A container killed by SIGKILL: ${lost.length} of ${calls} calls lost${last}.`);
  expect(lost.filter((one) => one.at > at + 5000)).toEqual([]);
  expect(calls).toBeGreaterThan(500);
});

// A fake API server with so many pods, in a process of its own: what it costs is not measured. It is told how many events a second to make.
import { startFakeCluster } from '../support/fake-cluster.ts';
import { keyOf, podOf } from './follow-pod.ts';

const pods = '/api/v1/pods';
const count = Number(process.argv[2]);
const cluster = await startFakeCluster();
const rounds = new Uint32Array(count);

function put(index: number): void {
  const round = rounds[index] ?? 0;
  cluster.putLazily(pods, keyOf(index, round), (version) => podOf(index, round, version));
}

for (let index = 0; index < count; index++) put(index);

/** One in ten is a pod that is replaced. */
let written = 0;
function write(): void {
  const index = (written * 7919) % count;
  if (written++ % 10 === 0) {
    cluster.remove(pods, keyOf(index, rounds[index] ?? 0));
    rounds[index] = (rounds[index] ?? 0) + 1;
  }
  put(index);
}

const batch = 10;
let timer: NodeJS.Timeout | undefined;
process.on('message', (perSecond: number) => {
  clearInterval(timer);
  if (perSecond === 0) return;
  const milliseconds = (1000 * batch) / perSecond;
  timer = setInterval(() => {
    for (let i = 0; i < batch; i++) write();
  }, milliseconds);
});
process.on('disconnect', async () => {
  await cluster.close();
  process.exit(0);
});
process.send?.({ kubeconfig: cluster.kubeconfig, bytes: JSON.stringify(podOf(0, 0, 1000)).length });

import { expect } from 'vitest';
import { readEnvironment } from './environment.ts';
import { mustKubectl } from './kubectl.ts';
import { freshName } from './names.ts';
import { freshNamespace } from './namespace.ts';
import { runPod } from './pod.ts';
import type { Thing } from './thing.ts';

// `kubectl delete --force` still lets a process drain, and a process cannot kill PID 1 of its own namespace. A pod that sees the
// processes of its node and is the same user can: no rights beyond `hostPID` are needed.

const kill = `
const fs = require('fs');
const id = process.argv[1];
const ours = fs.readdirSync('/proc').filter((pid) => {
  try { return /^\\d+$/.test(pid) && fs.readFileSync('/proc/' + pid + '/cgroup', 'utf8').includes(id); } catch { return false; }
});
for (const pid of ours) process.kill(Number(pid), 'SIGKILL');
console.log(JSON.stringify({ at: Date.now(), killed: ours.length }));`;

/** Makes ready to kill the first container of a pod by SIGKILL; the result does it, and says when (milliseconds since 1970). */
export async function prepareKill(pod: Thing): Promise<() => Promise<number>> {
  const namespace = await freshNamespace('kill', 'privileged');
  const name = freshName('killer');
  await runPod(namespace, name, 'setInterval(() => {}, 1000)', {
    spec: { hostPID: true, nodeName: pod.spec?.nodeName ?? '' },
  });
  const id = (pod.status?.containerStatuses?.[0]?.containerID ?? '').replace(/^.*\/\//, '');
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  return async () => {
    const { node } = readEnvironment();
    const out = await mustKubectl(['exec', '--namespace', namespace, name, '--', node, '-e', kill, id]);
    const { at, killed } = JSON.parse(out);
    expect(killed).toBeGreaterThan(0);
    return at;
  };
}

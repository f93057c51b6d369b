import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deletePolicy,
  digestOf,
  judged,
  policyConfigMap,
  policyText,
  soonAllSay,
  writePolicy,
} from '../support/followed-policy.ts';
import { allSay, readyz } from '../support/foreign-changes.ts';
import { prepareKill } from '../support/hard-kill.ts';
import { kubectl, mustKubectl } from '../support/kubectl.ts';
import { type Load, startLoad } from '../support/load.ts';
import { release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { guarding, install, isReady, ourPods, readyPods, settled, uninstall } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { policiesInForce, policiesInSync } from '../support/scrape.ts';
import type { Thing } from '../support/thing.ts';
import { pause, timed, until } from '../support/until.ts';

// A policy that somebody else owns, in a ConfigMap that the pods follow.

const [before, after] = ['192.0.2.7', '198.51.100.7'];
const first = policyText('{forbidden-network: {networks: [192.0.2.0/24]}}');
const second = policyText('{forbidden-network: {networks: [198.51.100.0/24]}}');
const bad = policyText('{forbidden-network: {networks: [none]}}');
const third = policyText('{forbidden-network: {networks: [198.51.100.0/24, 203.0.113.0/24]}}');
const demanding = policyText('{forbidden-network: {networks: [198.51.100.0/24]}, foreign-pod: {enforcement: deny}}');
const values = { shutdown: { drainSeconds: 1 }, policyConfigMap };

let namespace: string;
let load: Load;
let digest: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await createNamespace(release().namespace, 'restricted');
  await writePolicy(first);
  await install(values);
  namespace = await freshNamespace('team-policy');
  await guarding(namespace);
  load = startLoad(namespace);
  await pause(1000);
});

afterAll(async () => {
  await load.stop();
  await uninstall().catch(() => {});
});

test('an edit of the ConfigMap: both pods show the new policy and judge by it, and no call is lost', async () => {
  expect(await policiesInForce()).toEqual({ [await digestOf(first)]: 2 });
  expect(await Promise.all([before, after].map(judgedHere))).toEqual([['forbidden-network'], ['taken']]);
  await writePolicy(second);
  digest = await digestOf(second);
  const { seconds } = await timed(() => allSay(new RegExp(`^\\[\\+\\]policy ok \\(${digest}\\)$`, 'm')));
  expect(await policiesInForce()).toEqual({ [digest]: 2 });
  expect(await policiesInSync()).toEqual([true, true]);
  expect(await Promise.all([before, after].map(judgedHere))).toEqual([['taken'], ['forbidden-network']]);
  expect(load.lost()).toEqual([]);
  const calls = `${load.calls()} calls, ${load.lost().length} lost`;
  note('policy', `- The ConfigMap edited: both pods judge by the new policy after ${inSeconds(seconds)}; ${calls}.`);
});

test('one that is not valid: the pods say so, stay ready and judge by the old one', async () => {
  await writePolicy(bad);
  await soonAllSay(saysBad());
  await goOn();
  expect(load.lost()).toEqual([]);
  note('policy', `- One that is not valid: all pods say so, and stay ready; ${load.calls()} calls in all, none lost.`);
});

test('both containers killed meanwhile: they come back on the old one, and guard', async () => {
  const pods = await readyPods(2);
  const { seconds } = await timed(() => killed(pods));
  await allSay(saysBad());
  await goOn();
  note('policy', `- Both containers killed then: ready on the old policy after ${inSeconds(seconds)}.`);
  expect(load.lost().filter(({ what }) => what.startsWith('bad ') && !/failed calling webhook/.test(what))).toEqual([]);
});

test('a new pod, which has no old one, does not start with it; it takes no place of the others', async () => {
  const old = (await readyPods(2)).map(nameOf);
  await addPod();
  const added = await until('the new pod has failed', async () =>
    (await ourPods()).find((pod) => !old.includes(nameOf(pod)) && restarts(pod) > 0),
  );
  expect(isReady(added)).toBe(false);
  const says = /policy-overlay\/policy\.yaml:3:\d+: rules\[forbidden-network\]\.networks\[0\]: .*none/;
  await until('its log says why', async () => says.test((await kubectl(['logs', nameOf(added), ...here()])).out));
  expect((await ourPods()).filter(isReady).map(nameOf)).toEqual(old);
  await removePod();
  expect((await ourPods()).map(nameOf)).toEqual(old);
  await goOn();
});

test('a valid one again: taken, though pods have come back with the old one', async () => {
  await writePolicy(third);
  digest = await digestOf(third);
  await soonAllSay(new RegExp(`^\\[\\+\\]policy ok \\(${digest}\\)$`, 'm'));
  expect(await policiesInForce()).toEqual({ [digest]: 2 });
  expect(await policiesInSync()).toEqual([true, true]);
});

test('one that has to know more of the cluster than pods may read: not taken, said, and no new pod gets ready', async () => {
  const old = (await readyPods(2)).map(nameOf);
  await writePolicy(demanding);
  await soonAllSay(/^\[\+\]policy ok \([0-9a-f]{64}, not the one in the files: .*pods: not read yet: .*403/m);
  await goOn();
  expect(await judgedHere((await ourPods())[0]?.status?.podIP ?? '')).toEqual(['taken']);
  await killed(await readyPods(2));
  await goOn();
  await addPod();
  await until('the new pod says what it lacks', async () => {
    const added = (await ourPods()).find((pod) => !old.includes(nameOf(pod)));
    const { status, text } = added ? await readyz(nameOf(added)) : { status: 0, text: '' };
    return status === 503 && /^\[-\]cluster: .*pods: not read yet: .*403/m.test(text);
  });
  expect((await ourPods()).filter(isReady).map(nameOf)).toEqual(old);
  await removePod();
});

test('the same, once the chart lets pods read that: taken', async () => {
  await install({ ...values, policyConfigMap: { ...policyConfigMap, mayTurnOn: ['foreign-pod'] } });
  const [pod] = await settled(2);
  digest = await digestOf(demanding);
  await allSay(new RegExp(`^\\[\\+\\]policy ok \\(${digest}\\)$`, 'm')); // the pods need not be made anew for that
  expect(await policiesInForce()).toEqual({ [digest]: 2 });
  await until('all judge by it', async () => (await judgedHere(pod?.status?.podIP ?? '')).join() === 'foreign-pod');
});

test('the ConfigMap deleted: running pods go on, also when their containers start again; a new pod waits for it', async () => {
  await deletePolicy();
  const pods = await readyPods(2);
  await killed(pods);
  expect(await policiesInForce()).toEqual({ [digest]: 2 });
  expect(await judgedHere(after)).toEqual(['forbidden-network']);
  await addPod();
  await until('the new pod cannot mount it', async () =>
    /MountVolume\.SetUp failed for volume "policy-overlay".*configmap "team" not found/.test(
      await mustKubectl(['get', 'events', ...here()]),
    ),
  );
  expect((await ourPods()).filter(isReady).map(nameOf)).toEqual(pods.map(nameOf));
  await removePod();
  note('policy', '- The ConfigMap deleted: pods go on, also from a killed container; a new pod waits for it.');
});

const here = () => ['--namespace', release().namespace];
const nameOf = ({ metadata }: Thing) => metadata?.name ?? '';
const judgedHere = (ip: string) => judged(namespace, ip);
const saysBad = () =>
  new RegExp(`^\\[\\+\\]policy ok \\(${digest}, not the one in the files: .*networks\\[0\\]: .*none`, 'm');

/** Both pods are ready, and judge by the policy that they had, which is not the one in the files. */
async function goOn(): Promise<void> {
  await readyPods(2);
  expect(await policiesInForce()).toEqual({ [digest]: 2 });
  expect(await policiesInSync()).toEqual([false, false]);
  expect(await Promise.all([before, after].map(judgedHere))).toEqual([['taken'], ['forbidden-network']]);
}

/** Kills the containers of these pods at once, and waits until they are ready again, and guard. */
async function killed(pods: readonly Thing[]): Promise<void> {
  const kills = await Promise.all(pods.map(prepareKill));
  await Promise.all(kills.map((kill) => kill()));
  await until('the containers are started again', async () => {
    const now = await ourPods();
    return pods.every((pod) => now.some((one) => nameOf(one) === nameOf(pod) && restarts(one) > restarts(pod)));
  });
  await readyPods(pods.length);
  await guarding(namespace);
}

function restarts({ status }: Thing): number {
  return status?.containerStatuses?.[0]?.restartCount ?? 0;
}

function addPod(): Promise<string> {
  return mustKubectl(['scale', `deployment/${release().fullname}`, '--replicas=3', ...here()]);
}

/** Resolves when the one that was added is gone: pods that are not ready go first. */
async function removePod(): Promise<void> {
  await mustKubectl(['scale', `deployment/${release().fullname}`, '--replicas=2', ...here()]);
  await settled(2);
}

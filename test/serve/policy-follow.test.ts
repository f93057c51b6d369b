import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { refuse } from '../support/fake-request.ts';
import { collections, listing, runningPod, startFollowedWebhook } from '../support/followed-webhook.ts';
import { bad, clientOf, createReview, good, spawnServe, startWebhook } from '../support/webhook.ts';

const head = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';
const lax = `${head}rules: {special-address: {enforcement: none}}\n`;
const foreignPods = `${head}rules: {foreign-pod: {enforcement: deny}}\n`;
const mistaken = `${head}rules: {forbidden-network: {networks: [10.0.0.1/8]}}\n`;

/** Files of a policy, in a folder of their own. */
function createFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'policy-follow-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [policy, kept] = [join(folder, 'policy.yaml'), join(folder, 'last-good')];
  return { policy, kept, write: (text: string) => writeFileSync(policy, text), folder };
}

async function start(options: Parameters<typeof startWebhook>[0]) {
  const webhook = await startWebhook(options);
  onTestFinished(() => webhook.running.close().catch(() => {}));
  const isAllowed = async (review: unknown = createReview(bad)) => (await webhook.ask('/validate', review)).allowed;
  const readiness = async () => {
    const { status, text } = await webhook.operations.get('/readyz?verbose');
    return { status, policy: /policy .*/.exec(text)?.[0] };
  };
  const shown = async () =>
    [...(await webhook.metrics()).matchAll(/^endpoints_webhook_policy_(\S+ \d)$/gm)].map(([, text]) => text);
  return { ...webhook, isAllowed, readiness, shown };
}

/** With a policy that can be replaced. */
async function startFollowing(text = head) {
  const files = createFolder();
  files.write(text);
  const options = { policy: files.policy, lastGoodPolicy: files.kept };
  const webhook = await start(options);
  const replaceBy = (policy: string) => {
    files.write(policy);
    webhook.running.readAnew();
  };
  return { ...webhook, ...files, options, replaceBy };
}

describe('a policy that is replaced', () => {
  test('is judged by, in both threads, shown and logged', async () => {
    const { isAllowed, replaceBy, shown, readiness, lines } = await startFollowing();
    const large = createReview({ ...bad, metadata: { ...bad.metadata, annotations: { note: 'ü'.repeat(600_000) } } });
    const before = await shown();
    expect(before).toEqual([
      expect.stringMatching(/^info\{hash="[0-9a-f]{64}"\} 1$/),
      'in_sync 1',
      'reloads_total{result="ok"} 0',
      'reloads_total{result="error"} 0',
    ]);
    expect([await isAllowed(), await isAllowed(large)]).toEqual([false, false]);
    replaceBy(lax);
    await eventually(async () => expect(await isAllowed()).toBe(true));
    expect(await isAllowed(large)).toBe(true);
    const after = await shown();
    expect(after).toEqual([expect.stringMatching(/^info/), 'in_sync 1', 'reloads_total{result="ok"} 1', before[3]]);
    expect(after[0]).not.toBe(before[0]);
    const [, digest] = /"(.*)"/.exec(after[0] ?? '') ?? [];
    expect(await readiness()).toEqual({ status: 200, policy: `policy ok (${digest})` });
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'judging by the new policy', policy: digest }));
  });

  test('is not by one that is not valid, which is told once, until another is', async () => {
    const { isAllowed, replaceBy, shown, readiness, lines, policy } = await startFollowing(lax);
    const told = () => lines.filter(({ level }) => level === 50);
    replaceBy(mistaken);
    await eventually(async () => expect(await shown()).toContain('reloads_total{result="error"} 1'));
    expect(await isAllowed()).toBe(true);
    expect(await shown()).toContain('in_sync 0');
    const problem = `${policy}:3:40: rules[forbidden-network].networks[0]: "10.0.0.1/8" has bits set beyond its prefix: write 10.0.0.0/8`;
    expect(await readiness()).toEqual({
      status: 200,
      policy: expect.stringContaining(`, not the one in the files: ${problem})`),
    });
    expect(told()).toEqual([expect.objectContaining({ problem })]);
    replaceBy(head);
    await eventually(async () => expect(await isAllowed()).toBe(false));
    expect(await shown()).toContain('in_sync 1');
    expect((await readiness()).policy).toMatch(/^policy ok \([0-9a-f]{64}\)$/);
  });

  test.each([
    ['gone', (file: string) => rmSync(file), 'cannot read '],
    ['a folder', (file: string) => [rmSync(file), mkdirSync(file)], 'is no regular file any more'],
    ['empty', (file: string) => writeFileSync(file, ''), 'holds 0 documents'],
    ['large', (file: string) => writeFileSync(file, `#${'x'.repeat(1_100_000)}`), 'has more than 1048576 bytes'],
  ])('goes on where its file is %s', async (_, change, problem) => {
    const { isAllowed, policy, running, readiness } = await startFollowing(lax);
    change(policy);
    running.readAnew();
    await eventually(async () => expect((await readiness()).policy).toContain(problem));
    expect(await isAllowed()).toBe(true);
    expect((await readiness()).status).toBe(200);
  });

  test('is read once or twice, however often it is asked for meanwhile', async () => {
    const { isAllowed, replaceBy, running, shown } = await startFollowing();
    for (let i = 0; i < 50; i++) running.readAnew();
    replaceBy(lax);
    await eventually(async () => expect(await isAllowed()).toBe(true));
    expect(await shown()).toContainEqual(expect.stringMatching(/^reloads_total\{result="ok"\} [12]$/));
  });

  test('still judges what has begun to arrive', async () => {
    const { isAllowed, replaceBy, open, metrics } = await startFollowing();
    const body = JSON.stringify(createReview(bad));
    const { socket } = open('/validate', body.length);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    await new Promise((resolve) => socket.write(body.slice(0, 100), resolve));
    await eventually(async () => expect(await metrics()).toMatch(/requests_in_flight 1$/m));
    replaceBy(lax);
    await eventually(async () => expect(await isAllowed()).toBe(true));
    socket.write(body.slice(100));
    await eventually(() => expect(answer).toContain('"allowed":false'));
    socket.destroy();
  });

  test('is found as the kubelet writes it, without being told', { timeout: 90_000 }, async () => {
    const { folder } = createFolder();
    const put = (name: string, text: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'key'), text);
      symlinkSync(name, join(folder, `${name}.data`));
      renameSync(join(folder, `${name}.data`), join(folder, '..data'));
    };
    put('..one', head);
    symlinkSync('..data/key', join(folder, 'key'));
    const { isAllowed } = await start({ policy: [join(folder, 'key')] });
    expect(await isAllowed()).toBe(false);
    put('..two', lax);
    await eventually(async () => expect(await isAllowed()).toBe(true), { timeout: 60_000, interval: 500 });
  });

  test('is the whole of several files', async () => {
    const { policy, write, folder } = createFolder();
    write(lax);
    const overlay = join(folder, 'overlay.yaml');
    writeFileSync(overlay, head);
    const { isAllowed, running } = await start({ policy: [policy, overlay] });
    expect(await isAllowed()).toBe(true);
    writeFileSync(overlay, `${head}rules: {special-address: {enforcement: deny}}\n`);
    running.readAnew();
    await eventually(async () => expect(await isAllowed()).toBe(false));
  });
});

describe('the last good policy', () => {
  test('is what a start goes on with that finds an invalid one', async () => {
    const { running, options, write, replaceBy, isAllowed } = await startFollowing();
    replaceBy(lax);
    await eventually(async () => expect(await isAllowed()).toBe(true));
    await running.close();
    write(mistaken);
    const again = await start(options);
    expect(await again.isAllowed()).toBe(true);
    expect(await again.readiness()).toEqual({ status: 200, policy: expect.stringContaining('10.0.0.1/8') });
    expect(await again.shown()).toEqual(expect.arrayContaining(['in_sync 0', 'reloads_total{result="error"} 1']));
    write(head);
    again.running.readAnew();
    await eventually(async () => expect(await again.isAllowed()).toBe(false));
  });

  test('is not needed where there is a valid one', async () => {
    const { running, options, write } = await startFollowing(lax);
    await running.close();
    write(head);
    expect(await (await start(options)).isAllowed()).toBe(false);
  });

  test.each(['', '{"kind":"Policy"}', '\u0000', 'x'.repeat(9 * 1024 * 1024)])(
    'is not used where it cannot be read (%#)',
    async (text) => {
      const { running, options, write, kept } = await startFollowing(lax);
      await running.close();
      writeFileSync(kept, text);
      const { lines, isAllowed } = await start(options);
      expect(lines).toContainEqual(
        expect.objectContaining({ level: 40, msg: 'the policy that was kept cannot be used: going on without it' }),
      );
      expect(await isAllowed()).toBe(true);
      expect(JSON.parse(readFileSync(kept, 'utf8')).kind).toBe('Policy');
      writeFileSync(kept, text);
      write(mistaken);
      await expect(startWebhook(options)).rejects.toThrow('10.0.0.1/8');
    },
  );

  test('is not there: an invalid one is refused at the start', async () => {
    const { policy, kept, write } = createFolder();
    write(mistaken);
    await expect(startWebhook({ policy, lastGoodPolicy: kept })).rejects.toThrow('10.0.0.1/8');
  });

  test('cannot be kept: that is said, and the webhook serves', async () => {
    const { policy, write, folder } = createFolder();
    write(lax);
    const { isAllowed, lines } = await start({ policy, lastGoodPolicy: join(folder, 'none', 'last-good') });
    expect(await isAllowed()).toBe(true);
    expect(lines).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('cannot be kept') }));
  });
});

describe('a policy that has to know more of the cluster', () => {
  const readable = (file: string) => ({ policy: {}, serve: { policy: file } });

  test('is taken once that was read', async () => {
    const files = createFolder();
    files.write(head);
    const prepare = (cluster: Awaited<ReturnType<typeof startFollowedWebhook>>['cluster']) =>
      cluster.put(collections.pods, runningPod('bank', 'db-0', '10.244.2.9'));
    const { ask, running, cluster } = await startFollowedWebhook({ ...readable(files.policy), prepare });
    const isAllowed = async () => (await ask('/validate', listing(['10.244.2.9']))).allowed;
    expect(await isAllowed()).toBe(true);
    expect(cluster.requests.some(({ isWatch }) => isWatch)).toBe(false);
    files.write(foreignPods);
    running.readAnew();
    await eventually(async () => expect(await isAllowed()).toBe(false));
    files.write(head);
    running.readAnew();
    await eventually(async () => expect(await isAllowed()).toBe(true));
  });

  test('is not taken for want of a right, neither by the process nor by the next one, which are ready', async () => {
    const files = createFolder();
    files.write(head);
    const prepare = (cluster: Awaited<ReturnType<typeof startFollowedWebhook>>['cluster']) => {
      cluster.fault = ({ collection }, response) =>
        collection === collections.pods && refuse(response, 403, { message: 'pods is forbidden' });
    };
    const serve = { policy: files.policy, lastGoodPolicy: files.kept };
    const { ask, running, cluster, readiness, operations } = await startFollowedWebhook({ serve, prepare });
    const says = async (ready: () => Promise<{ status: number; text: string }>) => {
      const { status, text } = await ready();
      expect({ status, text }).toEqual({
        status: 200,
        text: expect.stringMatching(/policy ok \(.* not the one in the files: .*pods: not read yet: .*403/),
      });
    };
    files.write(foreignPods);
    running.readAnew();
    await eventually(() => says(readiness));
    expect((await operations.get('/metrics')).text).toContain('policy_in_sync 0');
    expect((await ask('/validate', createReview(good))).allowed).toBe(true);
    await running.close();
    const next = await start({ ...serve, kubeconfig: cluster.kubeconfig });
    await eventually(() => says(async () => next.operations.get('/readyz?verbose')));
    expect(await next.isAllowed(createReview(good))).toBe(true);
    cluster.fault = () => false;
    await eventually(async () => expect(await next.shown()).toContain('in_sync 1'), { timeout: 60_000 });
  });

  test('is not taken where there is no cluster', async () => {
    const { replaceBy, readiness } = await startFollowing();
    replaceBy(foreignPods);
    await eventually(async () => expect((await readiness()).policy).toContain('there is no cluster to ask'));
  });
});

test('SIGHUP has the policy read', { timeout: 120_000 }, async () => {
  const { policy, write } = createFolder();
  write(head);
  const flags = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1', '--policy', policy];
  const { child, listening, ended } = spawnServe(flags);
  const { operations } = clientOf({ ...(await listening), certificate: '' });
  const digest = async () => /policy_info\{hash="(.*)"\}/.exec((await operations.get('/metrics')).text)?.[1];
  const before = await digest();
  write(lax);
  child.kill('SIGHUP');
  await eventually(async () => expect(await digest()).not.toBe(before), { timeout: 60_000 });
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

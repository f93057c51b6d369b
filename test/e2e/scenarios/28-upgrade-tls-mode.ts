import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueAuthority, issueLeaf } from '../../../src/certificates/issue.ts';
import { api } from '../support/api.ts';
import { folder } from '../support/folder.ts';
import { type Load, type Lost, startLoad } from '../support/load.ts';
import { path, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { guarding, install, settled, uninstall } from '../support/release.ts';
import { inSeconds, literally, note } from '../support/report.ts';
import { pause, timed } from '../support/until.ts';
import { documented, follow } from '../support/upgrade-guide.ts';
import { hour } from '../support/way.ts';

// What docs/upgrade.md says of another `tls.mode`, while a tenant writes.

/** Milliseconds: the commands wait for old pods to end. */
const timeout = 480_000;
const [trustBoth = '', letPass = ''] = documented('Change `tls.mode`');

let namespace: string;
let load: Load;

beforeAll(async () => {
  namespace = await freshNamespace('tls-mode');
  await install({ shutdown: { drainSeconds: 5 } });
  const authority = await issueAuthority('e2e', hour());
  const { fullname, namespace: home } = release();
  const leaf = await issueLeaf(authority, [`${fullname}.${home}.svc`], hour());
  const stringData = { 'tls.crt': leaf.certificate, 'tls.key': leaf.privateKey };
  const secret = { metadata: { name: 'webhook-tls' }, type: 'kubernetes.io/tls', stringData };
  expect((await api().post(path(home, 'secrets'), secret)).status).toBe(201);
  writeFileSync(`${folder}/ca.pem`, authority.certificate);
  await settled(2);
  await guarding(namespace);
  load = startLoad(namespace);
  await pause(1000);
});

afterAll(async () => {
  await load.stop();
  await api().delete(path(release().namespace, 'secrets', 'webhook-tls'));
  await uninstall().catch(() => {});
});

test('to a certificate of our own, both CAs trusted meanwhile: no call is lost', { timeout }, async () => {
  expect(await lostDuring('to existingSecret with both CAs', trustBoth)).toEqual([]);
});

test('to another mode, writes let pass meanwhile: none is refused that is good', { timeout }, async () => {
  const lost = await lostDuring('to selfManaged with Ignore', letPass);
  expect(lost.filter(({ what }) => what.startsWith('good') && !what.includes('taken'))).toEqual([]);
});

test('to another mode at once: what is lost is refused for its certificate, and nothing is let through', {
  timeout,
}, async () => {
  const [first = ''] = /helm upgrade.*?(?=\nsleep)/s.exec(trustBoth) ?? [];
  const lost = await lostDuring('to existingSecret at once', first.replace('both.pem', 'ca.pem'));
  const refused = lost.filter(({ what }) => !what.includes('taken'));
  for (const { what } of refused)
    expect(what).toMatch(/failed calling webhook.*certificate signed by unknown authority/);
  note('upgrades', literally(refused[0]?.what ?? 'nothing was refused'));
});

/** And all is as before afterwards. */
async function lostDuring(name: string, commands: string): Promise<readonly Lost[]> {
  const before = { calls: load.calls(), lost: load.lost().length };
  const { seconds } = await timed(async () => {
    await follow(commands);
    await settled(2);
  });
  await guarding(namespace);
  const lost = load.lost().slice(before.lost);
  const span = ((lost.at(-1)?.at ?? 0) - (lost[0]?.at ?? 0)) / 1000;
  note(
    'upgrades',
    `- tls.mode ${name}: ${inSeconds(seconds)}, ${load.calls() - before.calls} calls, ${lost.length} lost within ${inSeconds(span)}.`,
  );
  const settledLost = load.lost().length;
  await pause(2000);
  expect(load.lost().slice(settledLost)).toEqual([]);
  return lost;
}

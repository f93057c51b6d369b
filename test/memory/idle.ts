import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { idleGoalMebibytes } from '../bench/goals.ts';
import { startBundle } from '../support/bundle.ts';

/** One and the same bundle holds 5 MiB more one time in three, and a little more on a busy machine: the bench compares with the goal. */
const busyMebibytes = 7;

test('what talks to no cluster and issues no certificate holds 75 MiB while it is idle, or up to 7 more on a busy machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
  const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const pair = await issueSelfSigned(new Date());
  writeFileSync(certificate, pair.certificate);
  writeFileSync(key, pair.privateKey);
  const webhook = await startBundle(['--tls-cert-file', certificate, '--tls-private-key-file', key]);
  await sleep(1500);
  const mebibytes = webhook.resident() / 2 ** 20;
  await webhook.stop();
  rmSync(folder, { recursive: true });
  console.log(`${mebibytes.toFixed(0)} MiB`);
  expect(mebibytes).toBeLessThanOrEqual(idleGoalMebibytes + busyMebibytes);
});

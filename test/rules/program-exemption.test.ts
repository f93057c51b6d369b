import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPolicy } from '../../src/manifests/policy-file.ts';
import { review } from '../../src/review/review.ts';
import { runCommand } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'exemption-'));
afterAll(() => rmSync(folder, { recursive: true }));

const user = 'system:serviceaccount:storage:nfs-client-provisioner';
const addresses = [{ ip: '10.1.2.3' }];
const ports = [{ port: 80 }];

test.each([
  ['subsets-required', undefined],
  ['addresses-required', [{ notReadyAddresses: addresses, ports }]],
  ['ports-required', [{ addresses }]],
])('%s is refused with the exemption to write, which frees the program and nobody else', async (rule, subsets) => {
  const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'lock', namespace: 'storage' }, subsets };
  const { out } = await runCommand(['check', '-'], { input: JSON.stringify(object) });
  const written = /an administrator can exempt it in the policy: (exempt: \[\{.*\}\]) \[/.exec(out)?.[1] ?? out;
  const file = join(folder, `${rule}.yaml`);
  const exemption = written.replace('<its user>', user).replace('<its namespace>', 'storage');
  writeFileSync(file, `apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n${exemption}\n`);
  const policy = readPolicy(file);
  expect(policy.exempt).toEqual([{ users: [user], namespaces: ['storage'], rules: [rule] }]);

  const ask = (name: string) => {
    const requester = { user: name, groups: [] };
    return review(policy, { kind: 'Endpoints', operation: 'CREATE', namespace: 'storage', requester, object }).allowed;
  };
  expect([ask(user), ask('somebody')]).toEqual([true, false]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { golden } from '../support/golden.ts';
import { helm } from '../support/helm.ts';
import { endpoints, kinds } from '../support/kinds.ts';
import { kubectl } from '../support/kubectl.ts';
import { path, release } from '../support/names.ts';
import { type Owned, ownership, unusedIn } from '../support/ownership.ts';
import { run, succeeded } from '../support/program.ts';
import { printedCommand, settled, valuesText } from '../support/release.ts';
import { inSeconds, literally, note } from '../support/report.ts';
import { rightsOf, rightsPrinted } from '../support/rules-review.ts';

// A webhook that finds out in the cluster whose an address is: what it takes, what it may read, what a user reads.

const folder = mkdtempSync(join(tmpdir(), 'e2e-ownership-'));
let owned: Owned;

beforeAll(async () => {
  owned = await ownership();
});

afterAll(() => rmSync(folder, { recursive: true }));

test('both pods are ready once they have read the cluster, in little memory', async () => {
  const used = [];
  for (const { metadata } of await settled(2)) {
    const pod = `${path(release().namespace, 'pods', `${metadata?.name}:8080`)}/proxy`;
    expect((await api().get(`${pod}/readyz?verbose`)).text).toContain('[+]cluster ok\n');
    const [, bytes = '0'] =
      /^process_resident_memory_bytes (\S+)$/m.exec((await api().get(`${pod}/metrics`)).text) ?? [];
    used.push(Number(bytes) / 2 ** 20);
  }
  for (const megabytes of used) expect(megabytes).toBeLessThan(384);
  const memory = used.map((megabytes) => `${Math.round(megabytes)} MiB`).join(' and ');
  note('ownership', `- \`helm upgrade --wait\` took ${inSeconds(owned.seconds)}; the two pods have ${memory}.`);
});

test('the pods may do what the chart prints, and nothing else', async () => {
  const { namespace: home, name } = release();
  const account = `system:serviceaccount:${home}:${release().fullname}`;
  const { out } = succeeded(await helm(['get', 'manifest', name, '--namespace', home]), 'helm get manifest');
  for (const namespace of [owned.namespace, 'default', home])
    expect(await rightsOf(account, namespace), namespace).toEqual(rightsPrinted(out, namespace));
});

describe.each(kinds)('$kind', (kind) => {
  test('what kubectl prints of refusals, to the last character', async ({ skip }) => {
    const { namespace, tenant, victim, node, networks } = owned;
    const nobodys = unusedIn(networks.pods, 9);
    const words = { [victim.pod]: 'POD', [victim.service]: 'CLUSTER-IP', [node]: 'NODE', [nobodys]: 'NOBODYS' };
    let text = '';
    for (const [address, word] of Object.entries(words)) {
      const flags = ['create', '--namespace', namespace, '--dry-run=server', '--filename', '-'];
      const { code, err } = await kubectl(flags, { as: tenant, input: kind.object('web', address) });
      expect(code).toBe(1);
      text += err.replaceAll(address, word).replaceAll(namespace, 'NAMESPACE').replaceAll(tenant.user, 'TENANT');
    }
    note('ownership', `What kubectl prints of ${kind.resource} that list others' addresses:\n${literally(text)}`);
    const file = `${kind.resource}.txt`;
    golden('ownership').expect(skip, file, text.replaceAll(networks.pods[0] ?? '', 'POD-NETWORK'));
  });
});

describe.each(['ownership', 'parity'])('profile %s', (profile) => {
  test('the command of NOTES suggests a policy of this cluster that the program and the chart take', async () => {
    const printed = await printedCommand(/endpoints-webhook policy suggest/);
    const [, ...flags] = printed.replace(/ #.*/, '').trim().split(/\s+/);
    const given = flags.map((flag) => (flag.startsWith('~') ? readEnvironment().kubeconfig : flag));
    const { out } = succeeded(await program([...given, '--profile', profile]), printed);
    note('ownership', `What \`policy suggest --profile ${profile}\` prints for this cluster:\n${literally(out)}`);
    const file = join(folder, `${profile}.yaml`);
    writeFileSync(file, out);
    const { victim, node } = owned;
    const ips = [victim.pod, victim.service, node];
    const objects = ips.map((ip) => JSON.stringify(endpoints.object('web', ip)));
    const { code, out: found } = await program(['check', '--policy', file, '-'], objects.join('\n---\n'));
    expect(code, found).toBe(profile === 'parity' ? 1 : 0);
    for (const ip of ips) expect(found.includes(`"${ip}" is inside the forbidden network`)).toBe(profile === 'parity');
    const { apiVersion: _, kind: __, ...policy } = parse(out);
    const { name, namespace } = release();
    const install = [name, readEnvironment().chart, '--namespace', namespace, '--dry-run=server', '--values', '-'];
    succeeded(await helm(['upgrade', ...install], 'helm', valuesText({ policy })), 'helm upgrade --dry-run');
  });
});

function program(args: readonly string[], input = '') {
  return run(process.execPath, ['src/main.ts', ...args], input);
}

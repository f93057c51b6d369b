import { expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';

interface Told {
  readonly violations: readonly { field: string; message: string; rule: string }[];
  readonly objects: number;
  readonly skipped: number;
}

/** What `check` says of Services, without the remedies. */
async function said(
  ...manifests: readonly object[]
): Promise<{ found: readonly string[]; code: number | null; objects: number; skipped: number }> {
  const input = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const { out, code } = await runCommand(['check', '-', '--output', 'json'], { input });
  const { violations, objects, skipped }: Told = JSON.parse(out);
  return {
    found: violations.map(({ field, message, rule }) => `${rule} ${field}: ${message.split(': ')[0]}`),
    code,
    objects,
    skipped,
  };
}

const service = (spec: object, namespace?: string) => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: { name: 'web', ...(namespace !== undefined && { namespace }) },
  spec,
});
const named = (externalName: string) => ({ type: 'ExternalName', externalName });
const selector = { app: 'web' };

test('an ordinary Service is judged, and nothing is found', async () => {
  const told = await said(service({ selector, ports: [{ port: 80, targetPort: 'http' }] }));
  expect(told).toEqual({ found: [], code: 0, objects: 1, skipped: 0 });
});

test('what a Service names is judged in the namespace that it says', async () => {
  const { found, code } = await said(
    service({ selector, externalIPs: ['10.96.0.1'], ports: [{ port: 80 }] }),
    service(named('169.254.169.254')),
    service(named('db.bank.svc.cluster.local'), 'shop'),
    service(named('db.bank.svc.cluster.local'), 'bank'),
    service(named('kubernetes.default'), 'shop'),
  );
  expect(found).toEqual([
    'service-external-ip spec.externalIPs[0]: "10.96.0.1" is in none of the allowed networks',
    'service-external-name spec.externalName: "169.254.169.254" is an address',
    'service-external-name spec.externalName: "db.bank.svc.cluster.local" is inside the cluster, and no Service of this namespace',
    'service-external-name spec.externalName: "kubernetes.default" ends in no top-level domain, and so in that of another namespace',
  ]);
  expect(code).toBe(1);
});

test('Services in lists are judged, whatever the list says of them', async () => {
  const external = { metadata: { name: 'a' }, spec: { externalIPs: ['10.96.0.1'] } };
  const { found } = await said(
    { apiVersion: 'v1', kind: 'ServiceList', items: [external] },
    { apiVersion: 'v1', kind: 'List', items: [service({ externalIPs: ['10.96.0.2'] })] },
  );
  expect(found.map((one) => /"(.*)"/.exec(one)?.[1])).toEqual(['10.96.0.1', '10.96.0.2']);
});

test('a misspelt Service is not passed over', async () => {
  const { found } = await said({ ...service({ externalIPs: ['10.96.0.1'] }), kind: 'Sevice' });
  expect(found).toEqual([
    'well-formed kind: "Sevice" is not Service',
    'service-external-ip spec.externalIPs[0]: "10.96.0.1" is in none of the allowed networks',
  ]);
});

test.each([
  ['serving.knative.dev/v1', 'Service'],
  ['traefik.io/v1alpha1', 'TraefikService'],
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['v1', 'ServiceAccount'],
])('%s %s is somebody else', async (apiVersion, kind) => {
  const told = await said(service({ selector }), { ...service({ externalIPs: ['10.96.0.1'] }), apiVersion, kind });
  expect(told).toEqual({ found: [], code: 0, objects: 1, skipped: 1 });
});

test('a port that is no number is told the probable mistake', async () => {
  const port = (value: unknown) => service({ selector, ports: [{ port: value }] });
  const { out } = await runCommand(['check', '-'], { input: JSON.stringify(port('$PORT')) });
  expect(out).toContain('spec.ports[0].port: "$PORT" is not an integer: write a number, or render the template first');
  expect((await said(port('80'))).found).toEqual(['well-formed spec.ports[0].port: "80" is a number in quotes']);
});

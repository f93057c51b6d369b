import { beforeAll, describe, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { golden } from '../support/golden.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { kinds, usedPort } from '../support/kinds.ts';
import { kubectl } from '../support/kubectl.ts';
import { freshName } from '../support/names.ts';
import { literally, note } from '../support/report.ts';
import { controller } from '../support/situation.ts';

// What tenants must not aim at, of both kinds, with the networks that this very cluster says it has. Nobody here may point there.

const admin: As = { user: 'admin', groups: ['system:masters'] };
const external = '198.51.100.7';
let guarded: Guarded;
let namespace: string;
let tenant: As;

beforeAll(async () => {
  guarded = await guard();
  ({ namespace, tenant } = await tenantNamespace('targets'));
  const { pods, services, nodes } = guarded.networks;
  note('targets', `- Networks of this cluster: pods ${pods}, Services ${services}, nodes ${nodes}.`);
});

/** Title, address, port, the rule that refuses it, what it says. */
const targets: readonly (readonly [string, (of: Guarded) => readonly [string, number], string, string])[] = [
  ['another tenant’s pod', ({ victim }) => [victim.pod, usedPort], 'forbidden-network', 'pods'],
  ['another tenant’s ClusterIP', ({ victim }) => [victim.service, usedPort], 'forbidden-network', 'services'],
  ['a node', ({ node }) => [node, usedPort], 'forbidden-network', 'nodes'],
  ['the API server', ({ apiServer: { ip, port } }) => [ip, port], 'forbidden-network', 'nodes'],
  ['cloud metadata', () => ['168.63.129.16', 80], 'forbidden-network', '168.63.129.16/32 (cloud-metadata)'],
  ['the kubelet port of anybody', () => [external, 10250], 'forbidden-port', 'TCP/10250'],
];

describe.each(kinds)('$kind', (kind) => {
  const post = (object: unknown, as: As, query = '') => api().post(`${kind.path(namespace)}${query}`, object, { as });

  test.each(targets)('a tenant cannot aim at %s, dry or not', async (_, targetOf, rule, network) => {
    const [ip, port] = targetOf(guarded);
    for (const query of ['?dryRun=All', '']) {
      const name = freshName('aimed');
      const { status, body } = await post(kind.object(name, ip, port), tenant, query);
      expect([status, body.reason]).toEqual([403, 'Forbidden']);
      const at = kind.fields[rule === 'forbidden-network' ? 'address' : 'port'];
      expect(body.message).toContain(`${at}: ${rule === 'forbidden-network' ? `"${ip}"` : port} `);
      expect(body.message).toContain(`[endpoints-webhook: ${rule}]`);
      const known = guarded.networks[network as keyof Guarded['networks']] ?? [network];
      expect(known.some((text) => body.message?.includes(`${text}`))).toBe(true);
      expect((await api().get(kind.path(namespace, name))).status).toBe(404);
    }
  });

  test('he may aim at an external address', async () => {
    const { status, text } = await post(kind.object(freshName('external'), external), tenant);
    expect(status, text).toBe(201);
  });

  test('a cluster administrator may aim anywhere', async () => {
    const { status, text } = await post(kind.object(freshName('admin'), guarded.victim.pod), admin, '?dryRun=All');
    expect(status, text).toBe(201);
  });

  test('with another violation besides it is 422 with a cause for each', async () => {
    const object = kind.object(freshName('both'), '2002:7f00:1::1', 10250);
    const { status, body } = await post(object, tenant);
    expect([status, body.reason]).toEqual([422, 'Invalid']);
    const said = (body.details?.causes ?? []).map(({ field, message = '' }) => [
      field,
      /: ([a-z-]+)\]$/.exec(message)?.[1],
    ]);
    expect(said).toEqual([
      [kind.fields.address, 'special-address'],
      [kind.fields.port, 'forbidden-port'],
    ]);
    expect(body.message).not.toContain('kubectl create');
  });

  describe('an offending object from before', () => {
    async function old(ip = guarded.victim.pod): Promise<string> {
      const name = freshName('old');
      const { status, text } = await post(kind.object(name, ip), controller);
      expect(status, text).toBe(201);
      return name;
    }
    const patch = (name: string, body: unknown, query = '') =>
      api().patch(`${kind.path(namespace, name)}${query}`, body, { as: tenant });
    const pointedAt = (ip: string) => {
      const { apiVersion: _, kind: __, metadata: ___, addressType: ____, ...content } = kind.object('', ip);
      return content;
    };

    test.each(['?dryRun=All', ''])('may be annotated, and labelled %s', async (query) => {
      const name = await old();
      const metadata = { annotations: { 'example.com/a': 'b' }, labels: { app: 'web' } };
      const { status, text } = await patch(name, { metadata }, query);
      expect(status, text).toBe(200);
    });

    test.each(['?dryRun=All', ''])('may not be pointed at another forbidden address %s', async (query) => {
      const name = await old();
      const { status, body } = await patch(name, pointedAt(guarded.victim.service), query);
      expect([status, body.reason]).toEqual([403, 'Forbidden']);
      expect((await api().get(kind.path(namespace, name))).text).toContain(guarded.victim.pod);
    });

    test('may be fixed, and be removed', async () => {
      const name = await old();
      const fixed = await patch(name, pointedAt(external));
      expect(fixed.status, fixed.text).toBe(200);
      expect((await api().delete(kind.path(namespace, await old()), { as: tenant })).status).toBe(200);
    });
  });

  test('what kubectl prints of a refusal, to the last character', async ({ skip }) => {
    const input = kind.object('web', '168.63.129.16', 10250);
    const flags = ['create', '--namespace', namespace, '--dry-run=server', '--filename', '-'];
    const { code, err } = await kubectl(flags, { as: tenant, input });
    expect(code).toBe(1);
    const text = err.replaceAll(namespace, 'NAMESPACE').replaceAll(tenant.user, 'TENANT');
    note(
      'targets',
      `What kubectl prints of ${kind.resource} that aim at a forbidden address and port:\n${literally(text)}`,
    );
    golden('targets').expect(skip, `${kind.resource}.txt`, text);
  });
});

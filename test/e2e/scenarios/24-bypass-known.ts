import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freshAccount } from '../support/account.ts';
import { type As, api } from '../support/api.ts';
import { createService, inService } from '../support/attack.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { kinds, slices, slicesOf } from '../support/kinds.ts';
import { freshName, path } from '../support/names.ts';
import { runPod } from '../support/pod.ts';
import { note } from '../support/report.ts';
import { bind, grant, plainWrite, restricted } from '../support/rights.ts';
import { controller } from '../support/situation.ts';
import { server } from '../support/traffic.ts';
import { pause, until } from '../support/until.ts';

// What old objects and Services could be used for, where Services are guarded, and what is not closed where we stand, which is why the
// README says "mitigates". Each "Known" gets through: when one no longer does, Kubernetes has changed, and the README may say less.

let guarded: Guarded;
let namespace: string;
let tenant: As;

beforeAll(async () => {
  guarded = await guard({});
  ({ namespace, tenant } = await tenantNamespace('known'));
});

function expectRefused(
  { status, text, body }: Awaited<ReturnType<ReturnType<typeof api>['post']>>,
  what: string,
): void {
  expect(status, text).toBe(403);
  expect(body.message).toContain('this Service would put into service what is there already: ');
  expect(body.message).toContain(what);
}

const leads = (name: string, ip: string) =>
  until(`Service ${name} leads to ${ip}`, async () => (await inService(namespace, name, ip)).length > 0, {
    seconds: 30,
  });

/** Longer than a controller takes that would fix it. */
async function goesOnLeading(name: string, ip: string): Promise<void> {
  await pause(3000);
  expect(await inService(namespace, name, ip)).not.toEqual([]);
}

describe.each(kinds)('$kind', (kind) => {
  test('old offending objects are not put into service by a Service that a tenant makes', async () => {
    const name = freshName('waiting');
    const old = await api().post(kind.path(namespace), kind.object(name, guarded.victim.pod), { as: controller });
    expect(old.status, old.text).toBe(201);
    const spec = { ports: [{ name: 'http', port: 8080 }] };
    const made = await api().post(path(namespace, 'services'), { metadata: { name }, spec }, { as: tenant });
    expectRefused(
      made,
      `${kind.kind} "${name}" ${kind.fields.address}: "${guarded.victim.pod}" is inside the forbidden`,
    );
    expect(made.body.details?.causes?.[0]?.field).toBe('spec.selector');
    note('bypass', `- A Service that would put old offending ${kind.kind} into service is refused.`);
  });

  test('a Role with all resources includes the restricted subresource', async () => {
    const as: As = { user: freshName('wildcard') };
    await grant(namespace, as, [{ apiGroups: [kind.group], resources: ['*'], verbs: ['*'] }]);
    await until('it admits', async () => {
      const answer = await api().post(kind.path(namespace), kind.object(freshName('wild'), guarded.victim.pod), { as });
      return answer.status === 201;
    });
    note(
      'bypass',
      `- Known: whoever has a Role with resources ["*"] is exempt from the forbidden targets of ${kind.kind}.`,
    );
  });
});

describe('what controllers filled in', () => {
  async function ownService(what: string): Promise<{ name: string; ip: string }> {
    const name = freshName(what);
    const pod = await runPod(namespace, name, server, { labels: { app: name }, env: { NAME: name } });
    await createService(namespace, name, { selector: { app: name } });
    const ip = pod.status?.podIP ?? '';
    await leads(name, ip);
    return { name, ip };
  }
  async function podGone(name: string): Promise<void> {
    await api().delete(path(namespace, 'pods', name));
    await until('the pod is gone', async () => (await api().get(path(namespace, 'pods', name))).status === 404);
  }

  const slicesOfService = async (name: string) =>
    (await slicesOf(namespace, name)).map(({ metadata }) => slices.path(namespace, metadata?.name ?? ''));
  const keep = (url: string) => api().patch(url, { metadata: { finalizers: ['example.com/keep'] } }, { as: tenant });
  const letGo = async (url: string) => {
    await api().patch(url, { metadata: { finalizers: null } }, { as: controller });
  };

  test('is not kept by a finalizer that a tenant gives it', async () => {
    const { name } = await ownService('kept');
    for (const url of [...(await slicesOfService(name)), path(namespace, 'endpoints', name)]) {
      const { status, text } = await keep(url);
      expect(status, text).toBe(403);
      expect(text).toContain('[endpoints-webhook: forbidden-network]');
    }
    note('bypass', '- A finalizer is refused on what controllers filled in.');
  });

  test('is not kept by a finalizer from before: whoever fills an empty slice writes its metadata anew', async () => {
    const name = freshName('early');
    await createService(namespace, name, { selector: { app: name } });
    const url = await until('there is a slice', async () => (await slicesOfService(name))[0]);
    const { status, text } = await keep(url);
    expect(status, text).toBe(200);
    onTestFinished(() => letGo(url));
    const pod = await runPod(namespace, name, server, { labels: { app: name }, env: { NAME: name } });
    await leads(name, pod.status?.podIP ?? '');
    expect((await api().get(url)).text).not.toContain('example.com/keep');
    note('bypass', '- A finalizer that an empty slice is given is gone once a controller has filled it.');
  });

  test('stays when it is deleted in the foreground, and something that it owns cannot go', async () => {
    const { name, ip } = await ownService('foreground');
    const [url = ''] = await slicesOfService(name);
    const { metadata } = (await api().get(url)).body;
    const owner = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      name: metadata?.name,
      uid: metadata?.uid,
    };
    const ownerReferences = [{ ...owner, blockOwnerDeletion: true }];
    const dependent = { name: freshName('dependent'), finalizers: ['example.com/keep'], ownerReferences };
    const spec = { ports: [{ name: 'http', port: 8080 }] };
    const made = await api().post(path(namespace, 'services'), { metadata: dependent, spec }, { as: tenant });
    expect(made.status, made.text).toBe(201);
    onTestFinished(() => letGo(path(namespace, 'services', dependent.name)));
    const { status, text } = await api().delete(`${url}?propagationPolicy=Foreground`, { as: tenant });
    expect(status, text).toBe(200);
    await podGone(name);
    await goesOnLeading(name, ip);
    note(
      'bypass',
      '- Known: a slice deleted in the foreground is kept in service by a dependent that cannot go: nobody asks us about DELETE.',
    );
  });

  test('does not stay because a Service loses its selector', async () => {
    const { name, ip } = await ownService('unselected');
    const patched = await api().patch(path(namespace, 'services', name), { spec: { selector: null } }, { as: tenant });
    expectRefused(patched, `"${ip}" is inside the forbidden network`);
    await podGone(name);
    await until('its address is gone', async () => (await inService(namespace, name, ip)).length === 0);
    note(
      'bypass',
      '- A Service is refused to give up its selector, with which it would keep addresses of pods that are gone.',
    );
  });

  test('does not stay because a Service is deleted with its slices orphaned, and made anew without a selector', async () => {
    const { name, ip } = await ownService('orphaned');
    const url = `${path(namespace, 'services', name)}?propagationPolicy=Orphan`;
    expect((await api().delete(url, { as: tenant })).status).toBe(200);
    await until('the garbage collector let go', async () => {
      const found = await slicesOf(namespace, name);
      return found.length > 0 && found.every(({ metadata }) => (metadata?.ownerReferences ?? []).length === 0);
    });
    const spec = { ports: [{ name: 'http', port: 8080 }] };
    const made = await until('the old one is gone', async () => {
      const answer = await api().post(path(namespace, 'services'), { metadata: { name }, spec }, { as: tenant });
      return answer.status !== 409 && answer;
    });
    expectRefused(made, `"${ip}" is inside the forbidden network`);
    note('bypass', '- A Service without a selector is refused where slices wait that a tenant has orphaned.');
  });
});

const external = (externalName: string) => {
  const service = { metadata: { name: freshName('external') }, spec: { type: 'ExternalName', externalName } };
  return api().post(path(namespace, 'services'), service, { as: tenant });
};

test.each([
  ['another namespace’s Service', () => `secret.${guarded.victim.namespace}.svc.cluster.local`],
  ['the same without the domain', () => `secret.${guarded.victim.namespace}.svc`],
  ['a pod', () => guarded.victim.pod],
  ['a metadata service', () => 'metadata.google.internal'],
  ['a number that some read as an address', () => '0xa9fea9fe'],
])('an ExternalName is refused to name %s', async (_, nameOf) => {
  const { status, text } = await external(nameOf());
  expect([status, text]).toEqual([403, expect.stringContaining('[endpoints-webhook: service-external-name]')]);
});

test('an ExternalName may be one that DNS answers with any address', async () => {
  const { status, text } = await external('169.254.169.254.nip.io');
  expect(status, text).toBe(201);
  note('bypass', '- Known: an ExternalName outside of the cluster that resolves to an address inside.');
});

test('external IPs that are a node’s or a pod’s are refused', async () => {
  const spec = { ports: [{ port: 8080 }], selector: { app: 'web' }, externalIPs: [guarded.node, guarded.victim.pod] };
  const service = { metadata: { name: freshName('claiming') }, spec };
  const { status, text } = await api().post(path(namespace, 'services'), service, { as: tenant });
  expect([status, text]).toEqual([403, expect.stringContaining('[endpoints-webhook: service-external-ip]')]);
  note('bypass', '- External IPs are refused.');
});

test('whoever may impersonate an exempt ServiceAccount is exempt: edit and admin may, in its namespace', async () => {
  const developer = await freshAccount(namespace, freshName('developer'));
  const operator = await freshAccount(namespace, freshName('operator'));
  await bind(namespace, developer.user, { kind: 'ClusterRole', name: 'edit' });
  await grant(namespace, { user: operator.user }, [...plainWrite, ...restricted('endpointslices')]);
  const create = ['create', '--namespace', namespace, '--filename', '-'];
  const object = slices.object(freshName('deputy'), guarded.victim.pod);
  await until(
    'it is taken',
    async () => (await developer.kubectl([`--as=${operator.user}`, ...create], object)).code === 0,
  );
  note('bypass', '- Known: edit may impersonate an exempt ServiceAccount of its namespace.');
});

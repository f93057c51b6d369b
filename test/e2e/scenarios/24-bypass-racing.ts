import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshAccount } from '../support/account.ts';
import { type As, api } from '../support/api.ts';
import { createService, expectNotInService, inService } from '../support/attack.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { endpoints, type JudgedKind, kinds, refusedBy, slices } from '../support/kinds.ts';
import { kubectl } from '../support/kubectl.ts';
import { freshName } from '../support/names.ts';
import { note } from '../support/report.ts';
import { startRewriter } from '../support/rewriter.ts';
import { grant, plainWrite } from '../support/rights.ts';
import { controller } from '../support/situation.ts';
import { until } from '../support/until.ts';

// The attacks that are more than one write: races, other webhooks, other tools, other identities.

const external = '198.51.100.7';
let guarded: Guarded;
let namespace: string;
let tenant: As;
let removeRewriter: (() => Promise<void>) | undefined;

beforeAll(async () => {
  guarded = await guard();
  ({ namespace, tenant } = await tenantNamespace('racing'));
});

afterAll(async () => removeRewriter?.());

const contentOf = (kind: JudgedKind, ip: string) => {
  const { subsets, endpoints: list } = kind.object('', ip) as { subsets?: unknown; endpoints?: unknown };
  return kind === endpoints ? { subsets } : { endpoints: list };
};
const textOf = async (kind: JudgedKind, name: string) => (await api().get(kind.path(namespace, name))).text;

describe.each(kinds)('$kind', (kind) => {
  async function stored(ip: string, as: As): Promise<string> {
    const name = freshName('raced');
    await createService(namespace, name);
    const { status, text } = await api().post(kind.path(namespace), kind.object(name, ip), { as });
    expect(status, text).toBe(201);
    return name;
  }

  test('an old offending object that an administrator fixes does not come back, however often a tenant puts it meanwhile', async () => {
    const name = await stored(guarded.victim.pod, controller);
    const old = kind.object(name, guarded.victim.pod);
    const leads = async () => (await inService(namespace, name, guarded.victim.pod)).length > 0;
    await until('a slice leads to the pod: of Endpoints, once it is mirrored', leads);
    const put = (i: number) => {
      const metadata = { ...old.metadata, annotations: { i: `${i}` } };
      return api().put(kind.path(namespace, name), { ...old, metadata }, { as: tenant });
    };
    const fix = () => api().patch(kind.path(namespace, name), contentOf(kind, external));
    const racers = Array.from({ length: 40 }, (_, i) => (i === 15 ? fix() : put(i)));
    const answers = await Promise.all(racers);
    expect(answers[15]?.status).toBe(200);
    const taken = answers.filter(({ status }, i) => i !== 15 && status === 200).length;
    note(
      'bypass',
      `- ${kind.kind}: of 39 writes of an old offending object that raced its being fixed ${taken} were taken, before it was.`,
    );
    const text = await textOf(kind, name);
    expect(text).toContain(external);
    expect(text).not.toContain(`"${guarded.victim.pod}"`);
    await until('no slice leads there any more', async () => !(await leads()));
    await expectNotInService(namespace, name, guarded.victim.pod);
  });

  test('many writers at once, half of them offending', async () => {
    const name = await stored(external, tenant);
    const patch = (i: number) => {
      const ip = i % 2 === 0 ? `198.51.100.${i + 10}` : guarded.victim.pod;
      return api().patch(kind.path(namespace, name), contentOf(kind, ip), { as: tenant });
    };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => patch(i)));
    const offending = answers.filter((_, i) => i % 2 === 1);
    expect(offending.filter(({ status }) => status === 200)).toEqual([]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    await expectNotInService(namespace, name, guarded.victim.pod);
  });

  test('while the webhook is kept busy with the largest objects there are', async () => {
    const large = Array.from({ length: 40_000 }, (_, i) => `198.18.${(i >> 8) & 255}.${i & 255}`);
    const filler = (i: number) =>
      kind === endpoints
        ? {
            ...kind.object(`large-${i}`, external),
            subsets: [{ addresses: large.map((ip) => ({ ip })), ports: [{ port: 1 }] }],
          }
        : {
            ...kind.object(`large-${i}`, external),
            endpoints: Array.from({ length: 1000 }, (_, at) => ({ addresses: large.slice(at * 40, at * 40 + 40) })),
          };
    const busy = Array.from({ length: 6 }, (_, i) =>
      api().post(`${kind.path(namespace)}?dryRun=All`, filler(i), { as: tenant, timeout: 90_000 }),
    );
    const name = freshName('hidden');
    await createService(namespace, name);
    for (let i = 0; i < 10; i++) {
      const { status } = await api().post(kind.path(namespace), kind.object(name, guarded.victim.pod), {
        as: tenant,
        timeout: 90_000,
      });
      expect(status).toBeGreaterThanOrEqual(400);
    }
    const statuses = (await Promise.all(busy)).map(({ status }) => status);
    note(
      'bypass',
      `- ${kind.kind}: an offending write was refused ten times while six others of 40,000 addresses were judged (${statuses.join(', ')}).`,
    );
    await expectNotInService(namespace, name, guarded.victim.pod);
  });

  test('kubectl replace --force deletes, and is refused what it would create', async () => {
    const name = await stored(external, tenant);
    const flags = ['replace', '--force', '--namespace', namespace, '--filename', '-'];
    const { code, err } = await kubectl(flags, { as: tenant, input: kind.object(name, guarded.victim.pod) });
    expect([code, err]).toEqual([1, expect.stringContaining('[endpoints-webhook: forbidden-network]')]);
    expect((await api().get(kind.path(namespace, name))).status).toBe(404);
  });

  test.each(['apply', 'apply --server-side --force-conflicts', 'replace'])('kubectl %s', async (verb) => {
    const name = await stored(external, tenant);
    const flags = [...verb.split(' '), '--namespace', namespace, '--filename', '-'];
    const { code, err } = await kubectl(flags, { as: tenant, input: kind.object(name, guarded.victim.pod) });
    expect([code, err]).toEqual([1, expect.stringContaining('endpoints-webhook')]);
    await expectNotInService(namespace, name, guarded.victim.pod);
  });

  test('a namespace that is being deleted is guarded to its end', async () => {
    const { namespace: going, tenant: as } = await tenantNamespace('going');
    const object = kind.object('web', external);
    const kept = { ...object, metadata: { ...object.metadata, finalizers: ['example.com/keep'] } };
    await api().post(kind.path(going), kept);
    await api().delete(`/api/v1/namespaces/${going}`);
    await until('it is being deleted', async () =>
      (await api().get(kind.path(going, 'web'))).text.includes('deletionTimestamp'),
    );
    const answer = await until('the tenant may still write', async () => {
      const patched = await api().patch(kind.path(going, 'web'), contentOf(kind, guarded.victim.pod), { as });
      return patched;
    });
    expect((await api().get(kind.path(going, 'web'))).text).not.toContain(`"${guarded.victim.pod}"`);
    expect(refusedBy(answer)).not.toBe('nobody');
    await api().patch(kind.path(going, 'web'), { metadata: { finalizers: null } });
  });
});

describe('another webhook rewrites addresses after ours', () => {
  test.each(kinds)('$kind: the object as it is stored is what is judged', async (kind) => {
    removeRewriter ??= await startRewriter(guarded.victim.namespace, guarded.victim.pod);
    const { body } = await api().get('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations');
    const rewrite =
      (body.items ?? []).map(({ metadata }) => metadata?.name ?? '').find((one) => one.startsWith('zzz-')) ?? '';
    const object = (name: string) => {
      const { metadata, ...rest } = kind.object(name, external);
      return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, rewrite } } };
    };
    const name = freshName('rewritten');
    await createService(namespace, name);
    const byAdmin = await until('it rewrites', async () => {
      const answer = await api().post(`${kind.path(namespace)}?dryRun=All`, object(freshName('seen')));
      return answer.text.includes(guarded.victim.pod) && answer;
    });
    expect(byAdmin.status).toBe(201); // it is ours that holds a tenant back
    const { status, body: refused } = await api().post(kind.path(namespace), object(name), { as: tenant });
    expect([status, refused.message]).toEqual([403, expect.stringContaining(`"${guarded.victim.pod}" is inside`)]);
    await expectNotInService(namespace, name, guarded.victim.pod);
  });
});

describe('with a token of his own', () => {
  const whoever = [
    '--as=system:serviceaccount:kube-system:endpoint-controller',
    '--as=system:kube-controller-manager',
    '--as=system:apiserver',
    '--as=admin --as-group=system:masters',
  ];
  test.each(whoever)('a tenant cannot write %s', async (flags) => {
    const { user, kubectl: asItself } = await freshAccount(namespace, freshName('dev'));
    await grant(namespace, { user }, plainWrite);
    const create = ['create', '--validate=false', '--namespace', namespace, '--filename', '-'];
    const { code, err } = await asItself([...flags.split(' '), ...create], slices.object('web', guarded.victim.pod));
    expect([code, err]).toEqual([1, expect.stringMatching(/User "system:serviceaccount:.* cannot impersonate/)]);
  });
});

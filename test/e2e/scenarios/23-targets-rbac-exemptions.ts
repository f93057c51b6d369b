import { beforeAll, describe, expect, test } from 'vitest';
import { freshAccount } from '../support/account.ts';
import { type As, api } from '../support/api.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { type JudgedKind, kinds } from '../support/kinds.ts';
import { kubectl, mustKubectl } from '../support/kubectl.ts';
import { freshName, release } from '../support/names.ts';
import { run } from '../support/program.ts';
import { inSeconds, note } from '../support/report.ts';
import { bind, freshTenant, grant, plainWrite, restricted } from '../support/rights.ts';
import { accessReviews } from '../support/scrape.ts';
import { controller } from '../support/situation.ts';
import { timed, until } from '../support/until.ts';

// Who may point there all the same: whoever may create the subresource `restricted` of that object, and nobody else.

let guarded: Guarded;
let namespace: string;
let elsewhere: string;

beforeAll(async () => {
  guarded = await guard();
  ({ namespace } = await tenantNamespace('rbac-exemptions'));
  ({ namespace: elsewhere } = await tenantNamespace('elsewhere'));
});

const aimed = (kind: JudgedKind, name: string) => kind.object(name, guarded.victim.pod);
const create = (kind: JudgedKind, as: As, name = 'web', where = namespace) =>
  api().post(`${kind.path(where)}?dryRun=All`, aimed(kind, name), { as });
/** RBAC is followed by watching, so what was just granted takes a moment. */
const taken = (kind: JudgedKind, as: As, name = 'web') =>
  until(`${as.user} may create ${kind.resource} ${name}`, async () => (await create(kind, as, name)).status === 201, {
    seconds: 10,
  });
const linesOf = (message = '') => message.split('\n').filter((line) => line.startsWith('kubectl create '));

describe.each(kinds)('$kind', (kind) => {
  const other = kinds.find((one) => one !== kind) ?? kind;

  test('the two lines of a refusal, typed as they stand, admit that object of that user and no other', async () => {
    const as = await freshTenant(namespace);
    const stranger = await freshTenant(namespace);
    await grant(elsewhere, as, plainWrite);
    const name = freshName('web');
    const refused = await create(kind, as, name);
    const lines = linesOf(refused.body.message);
    expect([refused.status, lines.length]).toEqual([403, 2]);
    const typed = await run('bash', ['-euc', lines.join('\n')]);
    expect(typed.code, typed.err).toBe(0);
    await taken(kind, as, name);
    const stored = await api().post(kind.path(namespace), aimed(kind, name), { as });
    expect(stored.status, stored.text).toBe(201);
    const tried = [
      create(kind, as, freshName('web')),
      create(kind, as, name, elsewhere),
      create(other, as, name),
      create(kind, stranger, name),
    ];
    expect((await Promise.all(tried)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    note(
      'targets',
      `- Typed by an administrator, and it worked:\n  \`${lines.join('`\n  `').replaceAll(namespace, 'NAMESPACE').replaceAll(as.user, 'TENANT').replaceAll(name, 'web')}\``,
    );
  });

  test('they do for a second user of the same object, too', async () => {
    const users = [await freshTenant(namespace), await freshTenant(namespace)];
    const name = freshName('shared');
    for (const as of users) {
      const typed = await run('bash', ['-c', linesOf((await create(kind, as, name)).body.message).join('\n')]);
      expect(typed.err.replace(/.*roles.rbac.authorization.k8s.io .* already exists\n/, '')).toBe('');
      await taken(kind, as, name);
    }
  });

  test.each([
    ['another verb', { verbs: ['get', 'list', 'update', 'patch', 'delete', 'use'] }],
    ['another name', { resourceNames: ['other'] }],
    ['the wrong group', { apiGroups: [other.group] }],
    ['another subresource', { resources: [`${kind.resource}/status`, `${kind.resource}/*`.slice(0, -1)] }],
  ])('a Role with %s admits nobody', async (_, rule) => {
    const as = await freshTenant(namespace);
    await grant(namespace, as, restricted(kind.resource, rule));
    await grant(namespace, as, restricted(other.resource)); // not with the other kind's right either
    await taken(other, as);
    expect((await create(kind, as)).status).toBe(403);
  });

  test('a right in another namespace admits nobody here', async () => {
    const as = await freshTenant(namespace);
    await grant(elsewhere, as, [...plainWrite, ...restricted(kind.resource)]);
    await until('it admits there', async () => (await create(kind, as, 'web', elsewhere)).status === 201);
    expect((await create(kind, as)).status).toBe(403);
  });

  test('a name that is generated is nobody’s: only a right to all names admits it', async () => {
    const as = await freshTenant(namespace);
    await grant(namespace, as, restricted(kind.resource, { resourceNames: ['web-', 'web'] }));
    await taken(kind, as);
    const { metadata, ...rest } = aimed(kind, 'web');
    const { name: _, ...kept } = metadata;
    const generated = { ...rest, metadata: { ...kept, generateName: 'web-' } };
    const post = () => api().post(`${kind.path(namespace)}?dryRun=All`, generated, { as });
    const refused = await post();
    expect(refused.status).toBe(403);
    expect(linesOf(refused.body.message)[0]).not.toContain('--resource-name');
    const typed = await run('bash', ['-euc', linesOf(refused.body.message).join('\n')]);
    expect(typed.code, typed.err).toBe(0);
    await until('it admits', async () => (await post()).status === 201);
  });

  test('an update asks for "create", too', async () => {
    const [updater, creator] = [await freshTenant(namespace), await freshTenant(namespace)];
    await grant(namespace, updater, restricted(kind.resource, { verbs: ['update', 'patch'] }));
    await grant(namespace, creator, restricted(kind.resource));
    await taken(kind, creator);
    const name = freshName('updated');
    await api().post(kind.path(namespace), kind.object(name, '198.51.100.7'), { as: updater });
    const put = (as: As) => api().put(`${kind.path(namespace, name)}?dryRun=All`, aimed(kind, name), { as });
    expect([(await put(updater)).status, (await put(creator)).status]).toEqual([403, 200]);
  });

  test('ClusterRole restricted of the chart, bound in the namespace, admits there', async () => {
    const as = await freshTenant(namespace);
    await grant(elsewhere, as, plainWrite);
    const role = `--clusterrole=${release().fullname}:restricted`;
    await mustKubectl(['create', 'rolebinding', freshName('bound'), '--namespace', namespace, role, '--user', as.user]);
    await taken(kind, as);
    expect((await create(kind, as, 'web', elsewhere)).status).toBe(403);
  });

  test.each(['edit', 'admin'])(
    'whoever holds ClusterRole %s has not the right, and cannot give it to himself',
    async (role) => {
      const as = await freshTenant(namespace);
      await bind(namespace, as.user, { kind: 'ClusterRole', name: role });
      await until('he may create configmaps', async () => {
        const asked = await kubectl(['auth', 'can-i', 'create', 'configmaps', '--namespace', namespace], { as });
        return asked.out.trim() === 'yes';
      });
      const refused = await create(kind, as);
      expect(refused.status).toBe(403);
      const lines = linesOf(refused.body.message);
      const { fullname } = release();
      const ready = `kubectl create rolebinding ${freshName('bound')} --namespace=${namespace} --clusterrole=${fullname}:restricted --user=${as.user}`;
      for (const line of [...lines, ready]) {
        const typed = await run('bash', ['-c', line.replace('kubectl', `kubectl --as=${as.user}`)]);
        expect(typed.code, line).not.toBe(0);
        expect(typed.err).toMatch(/forbidden|not found/i);
      }
      expect((await create(kind, as)).status).toBe(403);
    },
  );

  test('a ServiceAccount, with a token of its own, is refused, then admitted by the lines it was given', async () => {
    const { user, kubectl: asItself } = await freshAccount(namespace, freshName('robot'));
    await grant(namespace, { user }, plainWrite);
    const flags = ['create', '--namespace', namespace, '--filename', '-'];
    const object = aimed(kind, freshName('robot'));
    const refused = await until('it may write', async () => {
      const outcome = await asItself(flags, object);
      return outcome.err.includes('endpoints-webhook') && outcome;
    });
    const typed = await run('bash', ['-euc', linesOf(refused.err).join('\n')]);
    expect(typed.code, typed.err).toBe(0);
    await until('it is admitted', async () => (await asItself(flags, object)).code === 0);
  });

  test('a right that is taken away is gone within 10 s', async () => {
    const as = await freshTenant(namespace);
    const takeAway = await grant(namespace, as, restricted(kind.resource));
    await taken(kind, as);
    for (let i = 0; i < 6; i++) await create(kind, as); // until both pods have a yes in their memory
    await takeAway();
    const { seconds } = await timed(() =>
      until('refused by both pods', async () => {
        const tried = await Promise.all([1, 2, 3, 4, 5, 6].map(() => create(kind, as)));
        return tried.every(({ status }) => status === 403);
      }),
    );
    expect(seconds).toBeLessThan(11);
    note(
      'targets',
      `- A Role for ${kind.resource} was taken away: refused ${inSeconds(seconds)} later (remembered for 10 s at most).`,
    );
  });
});

describe('nobody can be asked', () => {
  test.each(kinds)('$kind: refused with "could not ask", whoever holds the right, and counted', async (kind) => {
    const as = await freshTenant(namespace);
    await grant(namespace, as, restricted(kind.resource));
    await taken(kind, as);
    await mustKubectl(['delete', 'clusterrolebinding', `${release().fullname}-access-reviews`]);
    try {
      const before = await accessReviews();
      const name = freshName('unasked'); // nothing remembered of it
      const refused = await until('the webhook may no longer ask', async () => {
        const answer = await create(kind, as, freshName('unasked'));
        return answer.status !== 201 && answer;
      });
      expect([refused.status, refused.body.reason]).toEqual([403, 'Forbidden']);
      expect(refused.body.message).toContain('could not ask whether user');
      expect(refused.body.message).not.toContain('kubectl create role');
      expect((await create(kind, as, name)).status).toBe(403);
      const after = await accessReviews();
      expect(after.unanswered).toBeGreaterThanOrEqual(before.unanswered + 2);
      expect((await create(kind, controller, name)).status).toBe(201); // whoever is exempt needs nobody asked
      note(
        'targets',
        `- Without the right to ask, in the message: “${refused.body.message?.split('\n').at(-1)?.replaceAll(namespace, 'NAMESPACE').replaceAll(as.user, 'TENANT')}”`,
      );
    } finally {
      await mustKubectl([
        ...['create', 'clusterrolebinding', `${release().fullname}-access-reviews`],
        `--clusterrole=${release().fullname}-access-reviews`,
        `--serviceaccount=${release().namespace}:${release().fullname}`,
      ]);
    }
    await taken(kind, as, freshName('again'));
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { type Guarded, guard, installGuard, tenantNamespace } from '../support/guard.ts';
import { type JudgedKind, kinds } from '../support/kinds.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { freshName, path } from '../support/names.ts';
import { literally, note } from '../support/report.ts';
import { freshTenant, grant, restricted } from '../support/rights.ts';
import { until } from '../support/until.ts';

// Whether a Role that grants everything exempts, as authorization.wildcards of the policy says, by the real authorizer.

let guarded: Guarded;
let namespace: string;

beforeAll(async () => {
  guarded = await guard({ authorization: { wildcards: 'cluster' } });
  ({ namespace } = await tenantNamespace('wildcards'));
});

const made: string[] = [];
afterAll(async () => {
  for (const one of made) await mustKubectl(['delete', one, '--ignore-not-found']);
});

const masters: As = { user: 'somebody', groups: ['system:masters'] };
const everything = ({ group }: JudgedKind) => [{ apiGroups: [group], resources: ['*'], verbs: ['*'] }];

describe.each(['cluster', 'never'])('wildcards: %s', (choice) => {
  beforeAll(() => installGuard(guarded.networks, { authorization: { wildcards: choice, cacheTTL: '0s' } }));

  test.each(kinds)('a Role with resources ["*"] exempts nobody, and the refusal says so: $kind', async (kind) => {
    const as = await freshTenant(namespace);
    await grant(namespace, as, everything(kind));
    const refused = await says(kind, as, /by a role that grants everything/);
    expect(refused).toMatch(/kubectl create role .*\nkubectl create rolebinding /);
    if (choice === 'cluster') note('targets', `- By a Role with resources ["*"] only:\n${literally(refused)}`);
  });

  test.each(kinds)('a Role that names the subresource exempts, alone and not beside "*": $kind', async (kind) => {
    const as = await freshTenant(namespace);
    await grant(namespace, as, restricted(kind.resource));
    await until('by name it exempts', async () => (await create(kind, as)).status === 201);
    await grant(namespace, as, everything(kind));
    await says(kind, as, /by a role that grants everything/);
  });

  test.each(kinds)('a role that holds in all namespaces, and system:masters: $kind', async (kind) => {
    const as = await freshTenant(namespace);
    const name = freshName('everywhere');
    const role = { metadata: { name }, rules: everything(kind) };
    const created = await api().post('/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
    expect(created.status, created.text).toBe(201);
    await mustKubectl(['create', 'clusterrolebinding', name, `--clusterrole=${name}`, `--user=${as.user}`]);
    made.push(`clusterrole/${name}`, `clusterrolebinding/${name}`);
    if (choice === 'cluster') {
      await until('everywhere it exempts', async () => (await create(kind, as)).status === 201);
      expect((await create(kind, masters)).status).toBe(201);
    } else {
      await says(kind, as, /by a role that grants everything/);
      await says(kind, masters, /by a role that grants everything/);
    }
  });
});

test.each(kinds)('who has everything in a namespace can give it by name to somebody else: $kind', async (kind) => {
  const [as, friend] = [await freshTenant(namespace), await freshTenant(namespace)];
  await grant(namespace, as, [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
  await says(kind, friend, /endpoints-webhook/);
  const name = freshName('named');
  const roles = path(namespace, 'roles', undefined, 'rbac.authorization.k8s.io/v1');
  const bindings = path(namespace, 'rolebindings', undefined, 'rbac.authorization.k8s.io/v1');
  const [roleRef, subjects] = [
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: friend.user }],
  ];
  const role = { metadata: { name }, rules: restricted(kind.resource) };
  await until('he makes a Role', async () => (await api().post(roles, role, { as })).status === 201);
  const bound = await api().post(bindings, { metadata: { name }, roleRef, subjects }, { as });
  expect(bound.status, bound.text).toBe(201);
  await until('it exempts', async () => (await create(kind, friend)).status === 201);
  note('bypass', `- Known: whoever has a Role with resources ["*"] can give others the right by name (${kind.kind}).`);
});

/** What a refusal says, once RBAC has been followed. */
async function says(kind: JudgedKind, as: As, pattern: RegExp): Promise<string> {
  return until(`${as.user} is refused: ${pattern}`, async () => {
    const { status, body } = await create(kind, as);
    return status === 403 && pattern.test(body.message ?? '') && body.message;
  });
}

function create(kind: JudgedKind, as: As) {
  return api().post(`${kind.path(namespace)}?dryRun=All`, kind.object('web', guarded.victim.pod), { as });
}

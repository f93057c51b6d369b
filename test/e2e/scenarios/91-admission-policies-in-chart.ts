import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { kubernetes, unsayable } from '../support/minor.ts';
import { kinds, pathOf, release, resourceOf, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { goodObjects } from '../support/objects.ts';
import { policiesOfThisMinor, printing } from '../support/policies-of-minor.ts';
import { run } from '../support/program.ts';
import { install, refusal, scale, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { until } from '../support/until.ts';

let namespace: string;

const withPolicies = (manifests = '') => ({
  validatingAdmissionPolicy: { enabled: true, manifests },
  webhooks: { validating: { failurePolicy: 'Ignore' } }, // so that nothing but the ValidatingAdmissionPolicies refuses
  shutdown: { drainSeconds: 1 },
});
const older = needs(unsayable.size > 0, 'this minor can say the whole default policy');

beforeAll(async () => {
  namespace = await freshNamespace('policies-chart');
  await install(withPolicies(await policiesOfThisMinor()));
  await scale(0);
});

afterAll(() => uninstall().catch(() => {}));

test('the chart refuses those that this minor cannot say, and names it', older, async () => {
  await expect(install(withPolicies())).rejects.toThrow(
    `its manifests need Kubernetes "1.33", and this is ${kubernetes.gitVersion}: print it from the policy`,
  );
});

test('the command that prints them names the rules that this minor cannot say', older, async () => {
  const { code, err } = await run(process.execPath, printing);
  expect(code, err).toBe(2);
  for (const [id, since] of unsayable) expect(err).toContain(`${id}: needs the CEL of Kubernetes 1.${since}, and`);
});

test.each(kinds)(
  'with all pods gone the ValidatingAdmissionPolicies of the chart refuse what the policy denies: %s',
  async (kind) => {
    const policy = `ValidatingAdmissionPolicy '${release().fullname}-${resourceOf(kind)}-deny'`;
    const refused = async () => (await refusal(namespace, kind)).includes(policy);
    await until('an API server evaluates the policies', refused);
    expect(await refusal(namespace, kind)).toMatch(/\[endpoints-webhook: (?:protocol|port-range)\]/);
    const good = await api().post(`${pathOf(kind, namespace)}?dryRun=All`, goodObjects[kind]('good'), { as: tenant });
    expect(good.status, good.text).toBe(201);
  },
);

test('the ValidatingAdmissionPolicies go with the release', async () => {
  await uninstall();
  const { items = [] } = (await api().get('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies')).body;
  expect(items.filter(({ metadata }) => metadata?.name?.startsWith(release().fullname))).toEqual([]);
  note(
    'admission-policies',
    '- `validatingAdmissionPolicy.enabled` of the chart refuses with all pods gone, and goes with the release.',
  );
});

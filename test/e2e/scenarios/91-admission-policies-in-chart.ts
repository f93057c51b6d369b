import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { kinds, pathOf, release, resourceOf, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { goodObjects } from '../support/objects.ts';
import { install, refusal, scale, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { until } from '../support/until.ts';

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('policies-chart');
  const webhooks = { validating: { failurePolicy: 'Ignore' } }; // so that nothing but the ValidatingAdmissionPolicies refuses
  await install({ validatingAdmissionPolicy: { enabled: true }, webhooks, shutdown: { drainSeconds: 1 } });
  await scale(0);
});

afterAll(() => uninstall().catch(() => {}));

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

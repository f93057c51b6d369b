import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { issueSelfSigned } from '../../../src/certificates/issue.ts';
import { fieldsOf } from '../../../src/json/fields.ts';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { change } from '../support/foreign-changes.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { type Configuration, configurationPath, freshName, path, pathOf, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { goodEndpoints } from '../support/objects.ts';
import { policiesOfThisMinor } from '../support/policies-of-minor.ts';
import { blockOf, typed } from '../support/printed.ts';
import { type Outcome, run } from '../support/program.ts';
import {
  guarding,
  guardingServices,
  install,
  isReady,
  ourPods,
  printedCommand,
  scale,
  uninstall,
} from '../support/release.ts';
import { literally, note } from '../support/report.ts';
import { until } from '../support/until.ts';

// Whatever somebody does to a running installation, `verify` names it and ends with 1; once it is undone, it ends with 0.

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('verify');
  await install({ shutdown: { drainSeconds: 1 }, verify: { cronJob: { enabled: true, schedule: '0 0 1 1 *' } } });
  await guarding(namespace);
  await guardingServices(namespace);
});

afterAll(() => uninstall().catch(() => {}));

/** As docs/verify.md has it, of our release: as the administrator of the kubeconfig, who tries the writes as a tenant. */
function verify(): Promise<Outcome> {
  const { fullname, namespace: home } = release();
  const printed = blockOf('docs/verify.md', /^endpoints-webhook verify /).trim();
  const typed = printed
    .replace('endpoints-webhook ', `${process.execPath} src/main.ts `)
    .replace('~/.kube/config', readEnvironment().kubeconfig)
    .replace('shop', namespace);
  return run('bash', ['-c', `${typed} --namespace ${home} --name ${fullname} --timeout 60s`]);
}

/** Waits until verify ends with 0: an API server takes a moment until it calls by what was changed. */
function sound(): Promise<Outcome> {
  return until(
    'verify finds nothing wrong',
    async () => {
      const outcome = await verify();
      return outcome.code === 0 && outcome;
    },
    { seconds: 200, every: 1000 },
  );
}

const inGeneral = (text: string) =>
  text
    .replaceAll(release().namespace, 'NAMESPACE')
    .replaceAll(namespace, 'TENANT')
    .replace(/pod [a-z0-9]+-[a-z0-9-]+/g, 'pod NAME')
    .replace(/\d+\.\d+\.\d+\.\d+:\d+/g, 'ADDRESS');

test('of a sound installation all checks are ok, of each kind', async () => {
  const { out, code } = await sound();
  expect(code, out).toBe(0);
  for (const kind of ['Endpoints', 'EndpointSlice', 'Service']) {
    expect(out).toMatch(new RegExp(`^ok +forbidden ${kind} in .* is refused by the webhook`, 'm'));
    expect(out).toMatch(new RegExp(`^ok +good ${kind} in .* is taken`, 'm'));
  }
  note('verify', `A sound installation:\n${literally(inGeneral(out.split('\n\n')[0] ?? ''))}`);
});

interface Sabotage {
  readonly what: string;
  /** Resolves to what undoes it. */
  readonly begin: () => Promise<() => Promise<unknown>>;
  /** What verify says. */
  readonly cause: RegExp;
}

/** Patches a configuration; its webhooks are put back as they were. */
function patched(one: Configuration, ...patch: readonly object[]) {
  return async () => {
    const { webhooks } = (await api().get(configurationPath(one))).body;
    await change(one, 'somebody', patch);
    return () => change(one, 'somebody', [{ op: 'replace', path: '/webhooks', value: webhooks }]);
  };
}

/** Deletes an object; it is made again as it was. */
function deleted(url: () => string) {
  return async () => {
    const { metadata = {}, ...rest } = (await api().get(url())).body;
    const { name, labels, annotations } = fieldsOf(metadata);
    expect((await api().delete(url())).status).toBe(200);
    const collection = url().slice(0, url().lastIndexOf('/'));
    return async () => {
      const made = await api().post(collection, { ...rest, metadata: { name, labels, annotations } });
      expect(made.status, made.text).toBe(201);
    };
  };
}

/** A pod that API servers may be sent to as to the others, with a policy of its own. */
async function strangePod() {
  const { fullname, namespace: home } = release();
  const name = freshName('strange');
  const policy = {
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    rules: { protocol: { enforcement: 'warn' } },
  };
  const data = { 'policy.yaml': stringify(policy) };
  expect((await api().post(path(home, 'configmaps'), { metadata: { name }, data })).status).toBe(201);
  const deployment = (await api().get(path(home, 'deployments', fullname, 'apps/v1'))).body;
  const { metadata, spec } = fieldsOf(fieldsOf(deployment.spec).template);
  const volumes = (fieldsOf(spec).volumes as { name: string }[]).map((volume) =>
    volume.name === 'policy' ? { name: 'policy', configMap: { name } } : volume,
  );
  const { topologySpreadConstraints: _, ...rest } = fieldsOf(spec);
  const { labels, annotations } = fieldsOf(metadata);
  const made = await api().post(path(home, 'pods'), {
    metadata: { name, labels, annotations },
    spec: { ...rest, volumes },
  });
  expect(made.status, made.text).toBe(201);
  await until('it is ready', async () => (await ourPods()).some((pod) => pod.metadata?.name === name && isReady(pod)));
  return async () => {
    await mustKubectl(['delete', `pod/${name}`, `configmap/${name}`, '--namespace', home, '--wait']);
  };
}

const slices = 'validating/endpointslices' as const;
const endpoints = 'validating/endpoints' as const;
const mutating = 'mutating/endpoints' as const;
const webhook = 'endpoints.validate.endpoints-webhook.io';
const changed = (field: string, name = webhook) =>
  new RegExp(`^failed +configuration .*: changed: ${field} of ${name} \\(written by .*somebody`, 'm');

const sabotages: readonly Sabotage[] = [
  {
    what: 'a validating configuration deleted',
    begin: deleted(() => configurationPath(slices)),
    cause: /^failed +configuration validating\/\S+-endpointslices: does not exist/m,
  },
  {
    what: 'the mutating configuration deleted',
    begin: deleted(() => configurationPath(mutating)),
    cause: /^failed +configuration mutating\/\S+-endpoints: does not exist/m,
  },
  {
    what: 'failurePolicy Ignore',
    begin: patched(endpoints, { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }),
    cause: changed('failurePolicy'),
  },
  {
    what: 'a namespaceSelector as the enforcer of AKS writes it',
    begin: patched(endpoints, {
      ...{ op: 'add', path: '/webhooks/0/namespaceSelector/matchExpressions/-' },
      value: { key: 'control-plane', operator: 'DoesNotExist' },
    }),
    cause: changed('namespaceSelector'),
  },
  {
    what: 'CREATE taken out of the rules',
    begin: patched(endpoints, { op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['UPDATE'] }),
    cause: changed('rules'),
  },
  {
    what: 'a matchCondition that lets everything through',
    begin: patched(endpoints, {
      ...{ op: 'add', path: '/webhooks/0/matchConditions/-' },
      value: { name: 'nobody', expression: 'false' },
    }),
    cause: changed('matchConditions'),
  },
  {
    what: 'the caBundle of another CA',
    begin: async () => {
      const { certificate } = await issueSelfSigned(new Date());
      const value = Buffer.from(certificate).toString('base64');
      return patched(endpoints, { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value })();
    },
    cause: /^failed +caBundle of validating\/\S+-endpoints: differs/m,
  },
  { what: 'a replica with another policy', begin: strangePod, cause: /^failed +pod strange-\w+: decides by policy/m },
  {
    what: 'another selector of the Service',
    begin: async () => {
      const { fullname, namespace: home } = release();
      const url = path(home, 'services', fullname);
      const { selector } = fieldsOf((await api().get(url)).body.spec);
      expect((await api().patch(url, { spec: { selector: { more: 'x' } } })).status).toBe(200);
      return () => api().patch(url, { spec: { selector: { ...fieldsOf(selector), more: null } } });
    },
    cause: /^failed +Service \S+: its selector was changed/m,
  },
  {
    what: 'no pods',
    begin: async () => {
      await scale(0);
      return () => scale(2);
    },
    cause: /^failed +Deployment \S+: 0 of 0 pods are ready/m,
  },
];

describe.each(sabotages)('$what', ({ what, begin, cause }) => {
  test('is named, with exit code 1; undone, all is well', async () => {
    const undo = await begin();
    try {
      const { code, out, err } = await verify();
      expect(code, out + err).toBe(1);
      expect(out).toMatch(cause);
      const lines = out.split('\n\n')[0]?.split('\n') ?? [];
      const told = lines.filter(
        (line, i) => /^failed/.test(line) || (/^ /.test(line) && /^failed/.test(lines[i - 1] ?? '')),
      );
      note('verify', `${what}:\n${literally(inGeneral(told.join('\n')))}`);
    } finally {
      await undo();
    }
    await sound();
  });
});

describe('in the cluster', () => {
  const account = () => `system:serviceaccount:${release().namespace}:${release().fullname}-verify`;

  /** Runs the CronJob once; whether its Job succeeded. */
  async function runJob(): Promise<{ readonly succeeded: boolean; readonly log: string }> {
    const { fullname, namespace: home } = release();
    const job = freshName('verify');
    await mustKubectl(['create', 'job', job, '--from', `cronjob/${fullname}-verify`, '--namespace', home]);
    return ended(job);
  }

  async function ended(job: string): Promise<{ readonly succeeded: boolean; readonly log: string }> {
    const { namespace: home } = release();
    const status = await until('the Job has ended', async () => {
      const { succeeded, failed } = fieldsOf((await api().get(path(home, 'jobs', job, 'batch/v1'))).body.status);
      return (succeeded !== undefined || failed !== undefined) && { succeeded: succeeded === 1 };
    });
    const log = await mustKubectl(['logs', `job/${job}`, '--namespace', home]);
    await mustKubectl(['delete', `job/${job}`, '--namespace', home]);
    return { ...status, log };
  }

  test('the Job of the CronJob finds nothing wrong, certificates included', async () => {
    const { succeeded, log } = await runJob();
    expect(succeeded, log).toBe(true);
    expect(log).toMatch(/^ok +certificate by validating\/\S+: each ready pod serves one for \S+ that it trusts$/m);
    expect(log).toMatch(/^ok +forbidden Endpoints in namespace default: .* is refused by the webhook/m);
    note('verify', `By the CronJob:\n${literally(inGeneral(log))}`);
  });

  test('its account stores nothing, though it may create', async () => {
    const as = { user: account(), groups: ['system:serviceaccounts', 'system:authenticated'] };
    const stored = await api().post(pathOf('Endpoints', 'default'), goodEndpoints(freshName('stored')), { as });
    expect(stored.status).toBe(403);
    expect(stored.text).toContain('this account tries writes by dry run, and stores nothing');
  });

  test('both kinds of configuration deleted: a forbidden write is taken, and helm test and the Job fail', async () => {
    const { name, namespace: home } = release();
    const all = [endpoints, slices, 'validating/services', mutating] as const;
    const undo: (() => Promise<unknown>)[] = [];
    for (const one of all) undo.push(await deleted(() => configurationPath(one))());
    try {
      await until('a forbidden write is taken', async () => {
        const { out } = await verify();
        return /^failed +forbidden Endpoints in .* is taken: nothing refuses it/m.test(out);
      });
      expect((await runJob()).succeeded).toBe(false);
      const tested = await helm(['test', name, '--namespace', home, '--timeout', '180s']);
      expect(tested.code, tested.out).not.toBe(0);
    } finally {
      for (const one of undo) await one();
    }
    await sound();
  });

  test('helm test passes again, with rights that it makes and removes where there is no CronJob', async () => {
    await install({ shutdown: { drainSeconds: 1 } });
    const { name, fullname, namespace: home } = release();
    const tested = await helm(['test', name, '--namespace', home, '--timeout', '180s']);
    expect(tested.code, tested.err + tested.out).toBe(0);
    expect(tested.out).toMatch(/test-verify[\s\S]*Phase:\s+Succeeded/);
    const role = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${fullname}-verify`;
    expect((await api().get(role)).status).toBe(404);
  });

  test('the commands of docs/verify.md switch the CronJob on, and run it', async () => {
    const block = blockOf('docs/verify.md', /^helm upgrade /).replace(
      'verify.namespace=shop',
      `verify.namespace=${namespace}`,
    );
    expect(await typed(block)).toContain('job.batch/verify-now created');
    const { succeeded, log } = await ended('verify-now');
    expect(succeeded, log).toBe(true);
    expect(log).toMatch(new RegExp(`^ok +forbidden Endpoints in namespace ${namespace}: `, 'm'));
  });
});

test('an administrator is exempt from the rules for Services, and is told so', async () => {
  const printed = (await printedCommand(/^ +endpoints-webhook verify /)).trim();
  const typed = printed
    .replace('endpoints-webhook ', `${process.execPath} src/main.ts `)
    .replace('~/.kube/config', readEnvironment().kubeconfig);
  const { code, out } = await run('bash', ['-c', typed]);
  expect(code, out).toBe(2);
  expect(out).toMatch(/^ok +forbidden Endpoints in namespace default: .* is refused by the webhook/m);
  expect(out).toMatch(/^not checked +forbidden Service in namespace default: admin is exempt/m);
  expect(out).toMatch(/^Who is exempt, because they may create the restricted subresource:$/m);
  note('verify', `As an administrator:\n${literally(inGeneral(out.split('\n\n')[0] ?? ''))}`);
});

test('a ValidatingAdmissionPolicy of another policy is named', async () => {
  const validatingAdmissionPolicy = { enabled: true, manifests: await policiesOfThisMinor() };
  await install({ shutdown: { drainSeconds: 1 }, validatingAdmissionPolicy });
  const { out } = await sound();
  expect(out).toMatch(/^ok +ValidatingAdmissionPolicy \S+-endpoints-deny: is there, bound/m);
  const url = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${release().fullname}-endpoints-deny`;
  const annotations = { 'endpoints-webhook.io/policy-digest': 'f'.repeat(64) };
  expect((await api().patch(url, { metadata: { annotations } })).status).toBe(200);
  const found = await verify();
  expect(found.code, found.out).toBe(1);
  expect(found.out).toMatch(
    /^failed +ValidatingAdmissionPolicy \S+-endpoints-deny: was printed from policy ffffffffffff/m,
  );
});

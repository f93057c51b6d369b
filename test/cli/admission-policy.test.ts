import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type AdmissionPolicyOptions, printAdmissionPolicies } from '../../src/cli/admission-policy.ts';
import { createProgram } from '../../src/cli/program.ts';
import { rules } from '../../src/rules/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'admission-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(policy: string): string {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, `apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n${policy}`);
  return file;
}

/** What the command line prints, or what it refuses with. */
async function run(...words: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    input: async () => '',
  };
  const nothing = async () => 0;
  const print = (options: AdmissionPolicyOptions) => printAdmissionPolicies(options, io);
  const program = createProgram(
    '1.2.3',
    {
      ...{ serve: nothing, check: nothing, audit: nothing, verify: nothing, printAdmissionPolicies: print },
      ...{
        checkPolicy: nothing,
        showPolicy: nothing,
        explainPolicy: nothing,
        suggestPolicy: nothing,
        demo: nothing,
        probe: nothing,
      },
    },
    () => {},
  );
  const command = program.commands.find((one) => one.name() === 'manifests')?.commands[0];
  command?.configureOutput({ writeErr: () => {} });
  await program.parseAsync(['node', 'endpoints-webhook', 'manifests', 'validating-admission-policy', ...words]);
  return { out: out.join(''), err: err.join('') };
}

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly matchConstraints?: {
      readonly namespaceSelector: { readonly matchExpressions: readonly [{ readonly values: readonly string[] }] };
    };
    readonly matchConditions?: readonly object[];
  };
}

const objectsIn = (out: string): readonly Printed[] => parseAllDocuments(out).map((document) => document.toJS());

test('prints each policy with its binding as YAML', async () => {
  const { out, err } = await run();
  expect(objectsIn(out).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
    ['endpoints-deny', 'endpoints-warn', 'endpointslices-deny', 'services-deny'].flatMap((name) => [
      `ValidatingAdmissionPolicy endpoints-webhook-${name}`,
      `ValidatingAdmissionPolicyBinding endpoints-webhook-${name}`,
    ]),
  );
  expect(err).toBe('');
});

test('with other names and namespaces', async () => {
  const { out } = await run('--name', 'guard', '--exempt-namespace', 'a,b', '--exempt-namespace', 'c');
  const [first] = objectsIn(out);
  expect(first?.metadata.name).toBe('guard-endpoints-deny');
  const [expression] = first?.spec.matchConstraints?.namespaceSelector.matchExpressions ?? [];
  expect(expression?.values).toEqual(['kube-system', 'kube-node-lease', 'a', 'b', 'c']);
});

test('with namespaces exempt by how their names begin', async () => {
  const { out } = await run('--exempt-namespace', 'openshift-*,a');
  const policies = objectsIn(out).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  expect(policies.length).toBeGreaterThan(2);
  for (const { spec } of policies) {
    expect(spec.matchConstraints?.namespaceSelector.matchExpressions[0]?.values).toEqual([
      'kube-system',
      'kube-node-lease',
      'a',
    ]);
    expect(spec.matchConditions?.[1]).toEqual({
      name: 'exclude-namespaces-by-prefix',
      expression: '!["openshift-"].exists(p, request.namespace.startsWith(p))',
    });
  }
});

test('of a policy that demands nothing it says so', async () => {
  const policy = fileOf('rules:\n  port-range: {enforcement: none}\n');
  const others = ['well-formed', ...rules.map(({ id }) => id)].filter((id) => id !== 'port-range');
  const printed = await run('--policy', policy, '--leave-out', others.join());
  expect(printed).toEqual({ out: '', err: 'nothing in the policy needs a ValidatingAdmissionPolicy\n' });
});

test('names the rules that only the webhook holds: on standard error, and in an annotation of each object', async () => {
  const policy = fileOf(
    'rules: {node-address: {enforcement: deny}}\nnamespaces: [{match: [shop], rules: {foreign-pod: {enforcement: warn}}}]\n',
  );
  const leftBy = async (...words: string[]) => {
    const { out, err } = await run('--policy', policy, ...words);
    const named = objectsIn(out).map(({ metadata }) => metadata.annotations['endpoints-webhook.io/left-to-webhook']);
    expect(named.length).toBeGreaterThan(0);
    return { err, named: [...new Set(named)] };
  };
  const all = 'foreign-pod, node-address';
  expect(await leftBy()).toEqual({ err: `not held by ValidatingAdmissionPolicies: ${all}\n`, named: [all] });
  expect(await leftBy('--leave-out', 'foreign-pod,node-address')).toEqual({ err: '', named: [undefined] });
});

test.each([
  [['--kubernetes-version', '1.30'], /well-formed: needs the CEL of Kubernetes 1\.31, .*\nspecial-address: /],
  [['--kubernetes-version', '1.29'], /Give a version of Kubernetes such as 1\.33, from 1\.30/],
  [['--kubernetes-version', '1.33x'], /Give a version/],
  [['--leave-out', 'ready'], /Give the id of a rule, one of well-formed, object-name/],
  [['--name', 'Floor'], /Give the name of an object/],
  [['--policy', '/nowhere/policy.yaml'], /cannot read \/nowhere\/policy\.yaml/],
])('%j is refused', async (words, message) => {
  await expect(run(...words)).rejects.toThrow(message);
});

test.each(['1.31', 'v1.34.2', '1.37'])('Kubernetes %s is a version', async (version) => {
  const { out } = await run('--kubernetes-version', version, '--leave-out', 'ready-and-not-ready');
  expect(out).toMatch(/^---\napiVersion: admissionregistration\.k8s\.io\/v1\n/);
});

test('policies that say the same have one digest, and others another', async () => {
  const digestOf = async (policy: string) =>
    /policy-digest: ([0-9a-f]{64})$/m.exec((await run('--policy', fileOf(policy))).out)?.[1];
  const one = await digestOf('mode: audit\nrules:\n  protocol: {enforcement: warn, allowed: [TCP]}\n');
  const same = await digestOf(
    'rules: # reordered\n  protocol:\n    allowed: [TCP]\n    enforcement: "warn"\nmode: audit\n',
  );
  const other = await digestOf('rules:\n  protocol: {enforcement: warn, allowed: [TCP]}\n');
  expect(one).toBeDefined();
  expect(same).toBe(one);
  expect(other).not.toBe(one);
  expect(await digestOf('')).toBe(/policy-digest: ([0-9a-f]{64})$/m.exec((await run()).out)?.[1]);
});

test('further service labels are in the conditions of every policy', async () => {
  const { out } = await run('--extra-service-labels', 'example.com/service,other');
  const changes = ['example.com/service', 'other'].map((label) => {
    const of = (object: string) => `${object}.metadata.?labels[?"${label}"]`;
    return `${of('object')} != ${of('oldObject')}`;
  });
  const policies = out.split('---\n').filter((text) => text.includes('kind: ValidatingAdmissionPolicy\n'));
  expect(policies).toHaveLength(4);
  for (const text of policies) for (const change of changes) expect(text).toContain(change);
});

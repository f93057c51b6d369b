import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkText } from '../support/check.ts';

const subsets = [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }] }];
const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, subsets };
const slice = {
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web-1' } },
  ...{ addressType: 'IPv4', endpoints: [{ addresses: ['127.0.0.1'] }], ports: [{ port: 80 }] },
};
const service = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } };
const text = `# one\n${stringify(service)}---\n${stringify(object)}`;
const carrier = (apiVersion: string, kind: string, rest: object) => ({
  ...{ apiVersion, kind, metadata: { name: 'carrier' }, ...rest },
});
const base64 = (data: string | Buffer) => Buffer.from(data).toString('base64');

/** The fields that are refused, and the rest of what is said of it. */
async function said(input: unknown) {
  const { code, out } = await checkText(typeof input === 'string' ? input : stringify(input), {
    output: 'json',
    allowEmpty: true,
  });
  const { violations, errors, objects, skipped } = JSON.parse(out);
  return { code, objects, skipped, errors, fields: violations.map(({ field }: { field: string }) => field) };
}

const ip = 'subsets[0].addresses[0].ip';
const address = 'endpoints[0].addresses[0]';

describe('what an object of another kind carries is judged, with its path', () => {
  test.each<[string, object, string]>([
    [
      'an OpenShift Template',
      carrier('template.openshift.io/v1', 'Template', { objects: [service, object] }),
      `objects[1].${ip}`,
    ],
    ['a Template of the old group', carrier('v1', 'Template', { objects: [slice] }), `objects[0].${address}`],
    [
      'a ManifestWork of Open Cluster Management',
      carrier('work.open-cluster-management.io/v1', 'ManifestWork', { spec: { workload: { manifests: [slice] } } }),
      `spec.workload.manifests[0].${address}`,
    ],
    [
      'a Work of Karmada',
      carrier('work.karmada.io/v1alpha1', 'Work', { spec: { workload: { manifests: [object] } } }),
      `spec.workload.manifests[0].${ip}`,
    ],
    [
      'an Object of Crossplane',
      carrier('kubernetes.crossplane.io/v1alpha2', 'Object', { spec: { forProvider: { manifest: object } } }),
      `spec.forProvider.manifest.${ip}`,
    ],
    [
      'a Composition of Crossplane',
      carrier('apiextensions.crossplane.io/v1', 'Composition', {
        spec: {
          resources: [
            {
              base: carrier('kubernetes.crossplane.io/v1alpha2', 'Object', {
                spec: { forProvider: { manifest: object } },
              }),
            },
          ],
        },
      }),
      `spec.resources[0].base.spec.forProvider.manifest.${ip}`,
    ],
    [
      'a SyncSet of Hive',
      carrier('hive.openshift.io/v1', 'SyncSet', { spec: { resources: [object] } }),
      `spec.resources[0].${ip}`,
    ],
    [
      'a GlobalTenantResource of Capsule',
      carrier('capsule.clastix.io/v1beta2', 'GlobalTenantResource', { spec: { resources: [{ rawItems: [slice] }] } }),
      `spec.resources[0].rawItems[0].${address}`,
    ],
    [
      'a ResourceSet of Flux',
      carrier('fluxcd.controlplane.io/v1', 'ResourceSet', { spec: { resources: [object] } }),
      `spec.resources[0].${ip}`,
    ],
    [
      'a ResourceGraphDefinition of kro',
      carrier('kro.run/v1alpha1', 'ResourceGraphDefinition', {
        spec: { resources: [{ id: 'web', template: object }] },
      }),
      `spec.resources[0].template.${ip}`,
    ],
    [
      'an Application of KubeVela',
      carrier('core.oam.dev/v1beta1', 'Application', {
        spec: { components: [{ name: 'web', type: 'k8s-objects', properties: { objects: [object] } }] },
      }),
      `spec.components[0].properties.objects[0].${ip}`,
    ],
    [
      'what Kyverno generates',
      carrier('kyverno.io/v1', 'ClusterPolicy', {
        spec: {
          rules: [
            {
              name: 'r',
              generate: { apiVersion: 'v1', kind: 'Endpoints', name: 'web', namespace: 'shop', data: { subsets } },
            },
          ],
        },
      }),
      `spec.rules[0].generate.data.${ip}`,
    ],
    [
      'a slice that Kyverno generates for each of several',
      carrier('kyverno.io/v1', 'ClusterPolicy', {
        spec: {
          rules: [
            {
              generate: {
                foreach: [
                  {
                    apiVersion: slice.apiVersion,
                    kind: slice.kind,
                    name: 'web',
                    data: { addressType: 'IPv4', endpoints: slice.endpoints },
                  },
                ],
              },
            },
          ],
        },
      }),
      `spec.rules[0].generate.foreach[0].data.${address}`,
    ],
    ['values of a chart', { extraDeploy: [service, object] }, `extraDeploy[1].${ip}`],
    [
      'a list of another kind inside',
      carrier('example.com/v1', 'Bundle', {
        spec: { list: { apiVersion: 'v1', kind: 'EndpointsList', items: [{ metadata: { name: 'web' }, subsets }] } },
      }),
      `spec.list.items[0].${ip}`,
    ],
    ['an object with items', { ...carrier('v1', 'ConfigMap', {}), items: [object] }, `items[0].${ip}`],
    [
      'a Bundle of Fleet, as text',
      carrier('fleet.cattle.io/v1alpha1', 'Bundle', { spec: { resources: [{ name: 'a.yaml', content: text }] } }),
      `spec.resources[0].content.${ip}`,
    ],
    [
      'a Bundle of Fleet, packed',
      carrier('fleet.cattle.io/v1alpha1', 'Bundle', {
        spec: { resources: [{ name: 'a.yaml', content: base64(gzipSync(text)), encoding: 'base64+gz' }] },
      }),
      `spec.resources[0].content.${ip}`,
    ],
    [
      'an App of kapp-controller',
      carrier('kappctrl.k14s.io/v1alpha1', 'App', { spec: { fetch: [{ inline: { paths: { 'a.yml': text } } }] } }),
      `spec.fetch[0].inline.paths[a.yml].${ip}`,
    ],
    [
      'a ConfigMap for a ClusterResourceSet',
      carrier('v1', 'ConfigMap', { data: { 'a.yaml': text } }),
      `data[a.yaml].${ip}`,
    ],
    ['a ConfigMap with JSON', carrier('v1', 'ConfigMap', { data: { a: JSON.stringify(object) } }), `data.a.${ip}`],
    [
      'a ConfigMap with binary data',
      carrier('v1', 'ConfigMap', { binaryData: { a: base64(text) } }),
      `binaryData.a.${ip}`,
    ],
    [
      'a Secret for a ClusterResourceSet',
      carrier('v1', 'Secret', { type: 'addons.cluster.x-k8s.io/resource-set', data: { 'a.yaml': base64(text) } }),
      `data[a.yaml].${ip}`,
    ],
    ['a Secret in plain text', carrier('v1', 'Secret', { stringData: { 'a.yaml': text } }), `stringData[a.yaml].${ip}`],
    [
      'a HelmChart of k3s, whose values carry it',
      carrier('helm.cattle.io/v1', 'HelmChart', { spec: { valuesContent: stringify({ extraObjects: [object] }) } }),
      `spec.valuesContent.extraObjects[0].${ip}`,
    ],
    [
      'a text in a text',
      carrier('v1', 'ConfigMap', { data: { a: stringify(carrier('v1', 'ConfigMap', { data: { b: text } })) } }),
      `data.a.data.b.${ip}`,
    ],
    [
      'a kind written with escapes in a text',
      carrier('v1', 'ConfigMap', { data: { a: JSON.stringify(object).replace('Endpoints', 'Endpoi\\u006ets') } }),
      `data.a.${ip}`,
    ],
  ])('%s', async (_, input, field) => {
    const expected = { code: 1, objects: 1, skipped: 0, errors: [], fields: [field] };
    expect(await said(input)).toEqual(expected);
    expect(await said(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [input] })), 'in a List').toEqual(
      expected,
    );
  });

  test('a misspelt kind too', async () => {
    const { code, fields } = await said(
      carrier('hive.openshift.io/v1', 'SyncSet', { spec: { resources: [{ ...object, kind: 'Endpoint' }] } }),
    );
    expect({ code, fields }).toEqual({ code: 1, fields: ['spec.resources[0].kind', `spec.resources[0].${ip}`] });
  });
});

describe('lists', () => {
  test.each(['List', 'EndpointsList', 'ServiceList', 'FooList'])('a %s', async (kind) =>
    expect(await said({ apiVersion: 'v1', kind, items: [service, object] })).toMatchObject({
      code: 1,
      objects: 1,
      skipped: 1,
      fields: [ip],
    }),
  );

  test('a List in a List, and Endpoints with items', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [{ kind: 'List', items: [object] }] };
    expect(await said(list)).toMatchObject({ code: 1, objects: 1, fields: [ip] });
    const odd = { ...object, subsets: [], items: [object] };
    expect(await said(odd)).toMatchObject({ code: 1, objects: 2, fields: ['subsets', 'items', ip] });
  });

  test.each([
    ['EndpointList', 'EndpointsList'],
    ['endpointslist', 'EndpointsList'],
    ['EndpointSliceLists', 'EndpointSliceList'],
    ['list', 'List'],
  ])('%s is said to be %s', async (kind, right) => {
    const { code, err } = await checkText(stringify({ apiVersion: 'v1', kind, items: [] }));
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`-:2:7: "${kind}" is not ${right}: write ${right}\n`),
    });
  });
});

describe('what is no manifest is not judged', () => {
  test.each<[string, object]>([
    [
      'an owner',
      carrier('v1', 'Pod', {
        metadata: { name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name: 'a', uid: 'b' }] },
      }),
    ],
    [
      'what an Event is about',
      carrier('v1', 'Event', { involvedObject: { apiVersion: 'v1', kind: 'Endpoints', name: 'a', namespace: 'b' } }),
    ],
    [
      'a reference',
      carrier('example.com/v1', 'Mirror', {
        spec: { source: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', name: 'a' } },
      }),
    ],
    [
      'what was applied last',
      carrier('v1', 'ServiceAccount', {
        metadata: {
          name: 'a',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) },
        },
      }),
    ],
    [
      'somebody else’s Endpoints',
      carrier('example.com/v1', 'Bundle', { spec: { resources: [{ ...object, apiVersion: 'acme.example.com/v1' }] } }),
    ],
    [
      'a patch of labels',
      carrier('kustomize.config.k8s.io/v1beta1', 'Kustomization', {
        patches: [{ patch: 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: a, labels: {b: c}}\n' }],
      }),
    ],
    [
      'prose',
      carrier('v1', 'ConfigMap', { data: { text: 'A kind: of Endpoints.\nEach has: an address, {{ or }} none: [\n' } }),
    ],
    [
      'a script',
      carrier('v1', 'ConfigMap', {
        data: { script: '#!/bin/sh\nset -e\nkubectl get endpoints -o "jsonpath={.kind}" | grep x: && echo {{ok\n' },
      }),
    ],
  ])('%s', async (_, input) =>
    expect(await said(input)).toEqual({ code: 0, objects: 0, skipped: 1, errors: [], fields: [] }),
  );
});

test('the expressions of ValidatingAdmissionPolicies are no documents', async () => {
  const text = readFileSync('charts/endpoints-webhook/files/validating-admission-policy.yaml', 'utf8');
  expect(await said(text)).toEqual({ code: 0, objects: 0, skipped: 8, errors: [], fields: [] });
});

test('a patch with addresses is judged', async () => {
  const patch = stringify(object);
  const input = carrier('kustomize.config.k8s.io/v1beta1', 'Kustomization', { patches: [{ patch }] });
  expect(await said(input)).toMatchObject({ code: 1, fields: [`patches[0].patch.${ip}`] });
});

test('namespaces that are never guarded are those of the manifest that is carried', async () => {
  const resources = [{ ...object, metadata: { name: 'etcd', namespace: 'kube-system' } }];
  const input = carrier('hive.openshift.io/v1', 'SyncSet', { spec: { resources } });
  expect(await said(input)).toEqual({ code: 0, objects: 0, skipped: 0, errors: [], fields: [] });
});

describe('places', () => {
  const embedded = `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  a.yaml: |
    # a comment
    apiVersion: v1
    kind: Endpoints
    metadata: {name: web}
    subsets:
    - addresses: [{ip: 127.0.0.1}]
      ports: [{port: 80}]
`;
  test('a text over several lines: the line in the file', async () => {
    const { out } = await checkText(embedded);
    expect(out).toMatch(/^-:11:24: data\[a\.yaml\]\.subsets\[0\]\.addresses\[0\]\.ip: "127\.0\.0\.1" is a loopback/);
  });

  test('a key that is there twice in a text', async () => {
    const { out } = await checkText(
      embedded.replace('    kind: Endpoints\n', '    kind: Endpoints\n    kind: Endpoints\n'),
    );
    expect(out).toContain('-:9:5: "kind" is here a second time: keep one [well-formed]');
  });

  test('a text on one line: where it begins', async () => {
    const { out } = await checkText(
      `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: ${JSON.stringify(stringify(object))}\n`,
    );
    expect(out).toMatch(/^-:4:6: data\.a\.subsets/);
  });
});

describe('a place that cannot be judged is said, and ends with 2', () => {
  const template = (ipText: string, port: string, parameters: object[]) =>
    stringify(
      carrier('template.openshift.io/v1', 'Template', {
        objects: [{ ...object, subsets: [{ addresses: [{ ip: ipText }], ports: [{ port }] }] }],
        parameters,
      }),
    );

  test('a parameter of a Template without a value', async () => {
    const { code, out, err } = await checkText(
      template(`\${IP}`, `\${{PORT}}`, [{ name: 'IP', required: true }, { name: 'PORT' }]),
    );
    const remedy = 'process the template first: oc process --local -f … | endpoints-webhook check -';
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: [
        `-:12:17: objects[0].${ip}: "\${IP}" is a template parameter without a value: ${remedy}`,
        `-:14:19: objects[0].subsets[0].ports[0].port: "\${{PORT}}" is a template parameter without a value: ${remedy}`,
        '1 object checked: 0 denials, 0 warnings; 0 other objects skipped\n',
      ].join('\n'),
    });
  });

  test.each([
    ['127.0.0.1', 1, [`objects[0].${ip}`]],
    ['10.1.2.3', 0, []],
  ])('the default %s is judged', async (value, code, fields) => {
    const parameters = [
      { name: 'IP', value },
      { name: 'PORT', value: '80' },
    ];
    expect(await said(template(`\${IP}`, `\${{PORT}}`, parameters))).toMatchObject({ code, fields, errors: [] });
  });

  test('not in a namespace that is never guarded', async () => {
    const subsets = [{ addresses: [{ ip: `\${IP}` }], ports: [{ port: 80 }] }];
    const objects = [{ ...object, metadata: { name: 'etcd', namespace: 'kube-system' }, subsets }];
    const input = carrier('template.openshift.io/v1', 'Template', { objects });
    expect(await said(input)).toMatchObject({ code: 0, objects: 0, errors: [] });
  });

  test('the rest of the object is judged', async () => {
    const { code, fields, errors } = await said(template('127.0.0.1', `\${{PORT}}`, []));
    expect({ code, fields, errors: errors.length }).toEqual({ code: 2, fields: [`objects[0].${ip}`], errors: 1 });
  });

  test('a kind that is a parameter', async () => {
    const input = carrier('v1', 'Template', {
      objects: [{ ...object, kind: `\${KIND}` }],
      parameters: [{ name: 'KIND' }],
    });
    expect(await said(input)).toMatchObject({ code: 2, objects: 1 });
  });

  test.each([
    ['kro', `\${schema.spec.ip}`],
    ['Kyverno', '{{ request.object.spec.ip }}'],
    ['Tekton', '$(params.ip)'],
    ['Flux', '<< inputs.ip >>'],
  ])('what %s fills in', async (_, place) => {
    const resources = [{ ...object, subsets: [{ addresses: [{ ip: place }], ports: [{ port: 80 }] }] }];
    const { code, errors } = await said(carrier('example.com/v1', 'Bundle', { spec: { resources } }));
    expect({ code, errors }).toEqual({
      code: 2,
      errors: [
        expect.objectContaining({
          message: `spec.resources[0].${ip}: "${place}" is filled in later, so it cannot be judged: check what comes of it`,
        }),
      ],
    });
  });

  test('a text that is a template', async () => {
    const content = '{{- if .Values.web }}\napiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n{{- end }}\n';
    const { code, errors } = await said(
      carrier('fleet.cattle.io/v1alpha1', 'Bundle', { spec: { resources: [{ content }] } }),
    );
    expect({ code, errors }).toEqual({
      code: 2,
      errors: [
        expect.objectContaining({
          message: expect.stringMatching(/^spec\.resources\[0\]\.content: a template of Endpoints/),
        }),
      ],
    });
  });
});

describe('hostile input', () => {
  test('texts in texts in texts in texts are refused', async () => {
    let input: string = stringify(object);
    for (let depth = 0; depth < 5; depth++) input = stringify(carrier('v1', 'ConfigMap', { data: { a: input } }));
    expect(await said(input)).toMatchObject({
      code: 2,
      objects: 0,
      errors: [{ message: expect.stringContaining('a text inside texts') }],
    });
  });

  test('a text that unpacks to more than 4 MB is refused', async () => {
    const content = base64(gzipSync(Buffer.alloc(8_000_000, 'kind: Endpoints\n')));
    const input = carrier('fleet.cattle.io/v1alpha1', 'Bundle', {
      spec: { resources: [{ content, encoding: 'base64+gz' }] },
    });
    expect(await said(input)).toMatchObject({
      code: 2,
      errors: [{ message: 'content is too large to be looked into' }],
    });
  });

  test('a parameter that is used very often does not fill the memory', async () => {
    const parameters = [{ name: 'A', value: 'x'.repeat(100_000) }];
    const objects = Array.from({ length: 2000 }, () => ({ ...service, spec: { a: `\${A}`.repeat(10) } }));
    expect(await said(JSON.stringify(carrier('v1', 'Template', { parameters, objects })))).toMatchObject({
      code: 0,
      skipped: 1,
    });
  });

  test('thousands of levels', async () => {
    const deep = `${'{"a":'.repeat(500)}${JSON.stringify(object)}${'}'.repeat(500)}`;
    expect(await said(`{"apiVersion":"example.com/v1","kind":"Deep","spec":${deep}}`)).toMatchObject({
      code: 1,
      objects: 1,
    });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CheckOptions, check } from '../../src/cli/check.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function run(paths: readonly string[], options: Partial<CheckOptions> = {}, input: string | Error = '') {
  const printed = { out: '', err: '' };
  const code = await check(paths, { namespace: 'default', output: 'text', ...options }, '0.0.0', {
    out(text) {
      printed.out += text;
    },
    err(text) {
      printed.err += text;
    },
    input: async () => {
      if (input instanceof Error) throw input;
      return input;
    },
  });
  const lines = printed.out.replaceAll(`${folder}/`, '').split('\n').slice(0, -1);
  return { code, out: lines, err: printed.err.replaceAll(`${folder}/`, '') };
}

/** What is said of a text given as standard input: `line:column field [rule]` each. */
async function said(text: string): Promise<string[]> {
  const { out } = await run(['-'], { output: 'json' }, text);
  const { violations } = JSON.parse(out.join('\n'));
  return violations.map(
    ({ line, column, field, rule }: Record<string, string>) => `${line}:${column} ${field} [${rule}]`,
  );
}

const head = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n';
const good = `${head}subsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n`;
const service = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: Web_}\n';
const withAddresses = (items: string) => `${head}subsets:\n- ports: [{port: 80}]\n  addresses: ${items}\n`;
const withPort = (port: string) => `${head}subsets:\n- addresses: [{ip: 10.1.2.3}]\n  ports: [${port}]\n`;
const loopback = withAddresses('[{ip: 127.0.0.1}]');
const warned = withAddresses('[{ip: 10.1.2.3, targetRef: {fieldPath: "["}}]');
const why =
  '"127.0.0.1" is a loopback address (127.0.0.0/8): write an address that every node reaches the same way, such as that of a pod or of an external server';

describe('what is printed', () => {
  test('text: one line a violation on standard output, the sum on standard error', async () => {
    const file = write('text.yaml', `${good}---\n${service}---\n${loopback}---\n${warned}`);
    expect(await run([file])).toEqual({
      code: 1,
      out: [
        `text.yaml:15:20: subsets[0].addresses[0].ip: ${why} [special-address]`,
        'text.yaml:22:53: warning: subsets[0].addresses[0].targetRef.fieldPath: "[" is not a field access statement: write a path such as spec.containers{web} or spec.containers[2] [target-field-path]',
      ],
      err: '3 objects checked: 1 denial, 1 warning; 1 other object skipped\n',
    });
  });

  test('json: the same as one document, and nothing on standard error', async () => {
    const { code, out, err } = await run(['-', join(folder, 'none.yaml')], { output: 'json' }, loopback);
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(JSON.parse(out.join('\n'))).toEqual({
      ...{ objects: 1, skipped: 0, neverGuarded: 0, denials: 1, warnings: 0, leftOut: [] },
      violations: [
        {
          ...{ file: '-', line: 6, column: 20, severity: 'error', rule: 'special-address' },
          ...{ field: 'subsets[0].addresses[0].ip', message: why },
        },
      ],
      errors: [{ file: 'none.yaml', line: 1, column: 1, message: expect.stringMatching(/^cannot read it: ENOENT/) }],
      notes: [],
    });
  });
});

test.each([
  ['the value itself', loopback, ['6:20 subsets[0].addresses[0].ip [special-address]']],
  [
    'a value on a line of its own',
    `${head}subsets:\n  - addresses:\n      - ip: 127.0.0.1\n    ports:\n      - port: 80\n`,
    ['6:13 subsets[0].addresses[0].ip [special-address]'],
  ],
  ['the parent of what is absent', withPort('{name: a}'), ['6:11 subsets[0].ports[0].port [port-range]']],
  ['the object that lacks a top-level field', `---\n# none\n${head}`, ['3:1 subsets [subsets-required]']],
  ['an explicit null', `${head}subsets: null\n`, ['4:10 subsets [subsets-required]']],
  [
    'a value after wide characters',
    withAddresses('[{hostname: é, ip: 127.0.0.1}]'),
    ['6:33 subsets[0].addresses[0].ip [special-address]', '6:26 subsets[0].addresses[0].hostname [hostname-label]'],
  ],
  [
    'a value in JSON',
    '{"apiVersion":"v1","kind":"Endpoints",\n\t"metadata":{"name":"web"},\n\t"subsets":[]}',
    ['3:12 subsets [subsets-required]'],
  ],
  [
    'an item of a List',
    `apiVersion: v1\nkind: List\nitems:\n- ${service.replaceAll('\n', '\n  ')}\n- ${head.replaceAll('\n', '\n  ')}`,
    ['8:3 subsets [subsets-required]'],
  ],
  [
    'an item of a List in a List',
    '{kind: List, items: [{kind: List, items: [{kind: Endpoints, apiVersion: v1, metadata: {name: a}}]}]}',
    ['1:43 subsets [subsets-required]'],
  ],
  [
    'an item of an EndpointsList, which says what it is',
    'apiVersion: v1\nkind: EndpointsList\nitems:\n- metadata: {name: web}\n',
    ['4:3 subsets [subsets-required]'],
  ],
  [
    'the anchored value behind an alias',
    `kind: List\nx: &bad\n- ip: 127.0.0.1\nitems:\n- ${withAddresses('*bad').replaceAll('\n', '\n  ')}`,
    ['3:7 subsets[0].addresses[0].ip [special-address]'],
  ],
  [
    'the value behind a merge key',
    `kind: List\nx: &bad {ip: 127.0.0.1}\nitems:\n- ${withAddresses('[{<<: *bad, hostname: a}]').replaceAll('\n', '\n  ')}`,
    ['2:14 subsets[0].addresses[0].ip [special-address]'],
  ],
  [
    'the first of several merged maps',
    withPort('{<<: [{name: a}, {port: 0}, {port: 80}]}'),
    ['6:35 subsets[0].ports[0].port [port-range]'],
  ],
  [
    'the map’s own value where a merged one is hidden',
    withPort('{<<: {port: 80}, port: 0}'),
    ['6:34 subsets[0].ports[0].port [port-range]'],
  ],
  [
    'a key that stands twice, and judges the last value',
    withPort('{port: 80, port: 0}'),
    ['6:22  [well-formed]', '6:28 subsets[0].ports[0].port [port-range]'],
  ],
])('points at %s', async (_, text, expected) => expect(await said(text)).toEqual(expected));

test('names the key that is there twice', async () => {
  const { code, out } = await run(['-'], {}, withPort('{port: 80, "port": 81}'));
  expect({ code, out }).toEqual({ code: 1, out: ['-:6:22: "port" is here a second time: keep one [well-formed]'] });
  expect(await run(['-'], { allowEmpty: true }, `${service}kind: ServiceAccount\n`)).toMatchObject({ code: 0, out: [] });
});

test.each([
  ['0200000 is 65536', withPort('{port: 0200000}'), '65536 is not a port'],
  ['yes is true', withPort('{port: 80, name: yes}'), 'true is not a string: put it in quotes'],
  ['off is false', withPort('{port: 80, protocol: off}'), 'false is not a string: put it in quotes'],
  ['0x50 is 80, and a name is not', withPort('{port: 0x50, name: 0x50}'), 'ports[0].name: 80 is not a string'],
  ['1_0 is 10', withAddresses('[{ip: 1_0}]'), '10 is not a string'],
  ['a number to base 60 is text', withAddresses('[{ip: 1:20:30}]'), '"1:20:30" is not a valid IP address'],
  ['a date is text', withAddresses('[{ip: 2001-01-01}]'), '"2001-01-01" is not a valid IP address'],
  ['a time is text', withAddresses('[{ip: 2001-01-01T10:00:00Z}]'), '"2001-01-01T10:00:00Z" is not a valid IP address'],
])('YAML 1.1: %s', async (_, text, message) => {
  const { out } = await run(['-'], {}, text);
  expect(out).toEqual([expect.stringContaining(message)]);
});

test.each([
  ['010', withPort('{port: 010}')],
  ['an address that could be a number to base 60', withAddresses('[{ip: 2001:10:20:30:40:50:5:6}]')],
  ['a time as annotation', good.replace('web}', 'web, annotations: {at: 2001-01-01T10:00:00Z}}')],
  ['nothing', ''],
  ['empty documents', '---\n---\n# none\n---\nnull\n'],
])('YAML 1.1: %s is fine', async (_, text) =>
  expect(await run(['-'], { allowEmpty: true }, text)).toMatchObject({ code: 0, out: [] }),
);

test('reads folders recursively, in order, by their extensions', async () => {
  for (const name of ['b.yml', 'a/c.json', 'a/b/d.yaml', 'z.yaml']) write(`tree/${name}`, head);
  for (const name of ['b.txt', 'yaml', 'x.yaml.bak']) write(`tree/${name}`, head);
  mkdirSync(join(folder, 'tree/folder.yaml'));
  const { code, out, err } = await run([join(folder, 'tree')]);
  const files = ['tree/a/b/d.yaml', 'tree/a/c.json', 'tree/b.yml', 'tree/z.yaml'];
  expect(out.map((line) => line.slice(0, line.indexOf(':')))).toEqual(files);
  expect({ code, err }).toEqual({
    code: 1,
    err: '4 objects checked: 4 denials, 0 warnings; 0 other objects skipped\n',
  });
  expect((await run([join(folder, 'tree/b.txt')])).code, 'a file that is named is read').toBe(1);
});

test('skips and counts other kinds', async () => {
  const foreign = 'apiVersion: example.com/v1\nkind: Endpoints\n';
  const { code, err } = await run(['-'], {}, [service, foreign, '[]', good].join('\n---\n'));
  expect({ code, err }).toEqual({
    code: 0,
    err: '1 object checked: 0 denials, 0 warnings; 3 other objects skipped\n',
  });
});

describe('EndpointSlices', () => {
  const head = 'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1}\naddressType: IPv4\n';
  const loop = `${head}endpoints: [{addresses: [127.0.0.1]}]\n`;
  const items = (list: string, object: string) => `${list}\nitems:\n- ${object.replaceAll('\n', '\n  ')}`;

  test('are judged beside Endpoints, and counted with them', async () => {
    const { code, out, err } = await run(['-'], {}, [loop, good, service, head].join('---\n'));
    expect({ code, err }).toEqual({
      code: 1,
      err: '3 objects checked: 1 denial, 0 warnings; 1 other object skipped\n',
    });
    expect(out).toEqual([expect.stringMatching(/^-:5:26: endpoints\[0\]\.addresses\[0\]: .* \[special-address\]$/)]);
  });

  test.each([
    ['the value itself', loop, ['5:26 endpoints[0].addresses[0] [special-address]']],
    [
      'an item of a List',
      items('{kind: List, apiVersion: v1}'.replace(/[{}]/g, '').replace(', ', '\n'), loop),
      ['8:28 endpoints[0].addresses[0] [special-address]'],
    ],
    [
      'an item of an EndpointSliceList, which says what it is',
      items('kind: EndpointSliceList\napiVersion: discovery.k8s.io/v1', loop.split('\n').slice(2).join('\n')),
      ['6:28 endpoints[0].addresses[0] [special-address]'],
    ],
    ['another version', head.replace('/v1', '/v1beta1'), ['1:13 apiVersion [well-formed]']],
    ['the group forgotten', head.replace('discovery.k8s.io/', ''), ['1:13 apiVersion [well-formed]']],
    ['no version', head.slice(head.indexOf('\n') + 1), ['1:1 apiVersion [well-formed]']],
    ['a version that is a number', head.replace('discovery.k8s.io/v1', '1'), ['1:13 apiVersion [well-formed]']],
    ['a key that stands twice', `${head}addressType: IPv4\n`, ['5:1  [well-formed]']],
  ])('%s', async (_, text, expected) => expect(await said(text)).toEqual(expected));

  test.each([
    ['another group', loop.replace('discovery.k8s.io', 'example.com')],
    ['the group of a longer name', loop.replace('discovery.k8s.io', 'discovery.k8s.io.example.com')],
    ['another kind', loop.replace('EndpointSlice', 'CiliumEndpointSlice')],
  ])('%s is none of ours', async (_, text) =>
    expect(await run(['-'], { allowEmpty: true }, text)).toMatchObject({
      code: 0,
      err: '0 objects checked: 0 denials, 0 warnings; 1 other object skipped\n',
    }),
  );

  test('are exempt by their own namespace, or by the one given', async () => {
    const policy = write(
      'slices-policy.yaml',
      'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\nexempt: [{namespaces: [legacy]}]\n',
    );
    const azure = loop.replace('127.0.0.1', '168.63.129.16'); // which API servers do not refuse
    const inside = azure.replace('web-1', 'web-1, namespace: legacy');
    expect((await run(['-'], { policy }, inside)).code).toBe(0);
    expect((await run(['-'], { policy }, azure)).code).toBe(1);
    expect((await run(['-'], { policy, namespace: 'legacy' }, azure)).code).toBe(0);
  });
});

describe('what cannot be read ends with 2, whatever else is found', () => {
  test.each<[string, string | Buffer, string]>([
    ['a control character', 'a: "\u0001"', '1:5: not YAML: control characters are not allowed'],
    ['invalid YAML', `${service}x: [\n`, '5:1: not YAML: unexpected end of the stream within a flow collection'],
    ['an alias without its anchor', 'a: *b', '1:4: not YAML: there is no anchor &b before *b'],
    [
      'aliases that multiply',
      Array.from('abcd', (c, i) => `${c}: &${c} [${Array(20).fill(i ? `*${'abcd'[i - 1]}` : 'x')}]`).join('\n'),
      '3:47: not YAML: aliases make it many times as large as it is written',
    ],
    ['a map merged into itself', 'a: &a\n  <<: *a\n', '2:7: not YAML: the anchor &a contains itself'],
  ])('%s', async (_, content, message) => {
    const { code, out, err } = await run([write('bad.yaml', content), write('denied.yaml', loopback)]);
    expect(err).toContain(`bad.yaml:${message}`);
    expect(out).toEqual([expect.stringContaining('[special-address]')]);
    expect(code).toBe(2);
  });

  test('a missing path, and standard input that fails', async () => {
    const { code, err } = await run([join(folder, 'none'), '-'], {}, new Error('torn off'));
    expect(code).toBe(2);
    expect(err).toContain('none:1:1: cannot read it: ENOENT');
    expect(err).toContain('-:1:1: cannot read it: torn off\n');
  });

  test('the other documents of a file are judged all the same', async () => {
    expect(await run(['-'], {}, `a: [\n---\n${head}`)).toMatchObject({
      code: 2,
      out: [expect.stringContaining('-:3:1: ')],
    });
  });
});

test.each([
  [0, 'nothing', good],
  [0, 'a warning', warned],
  [1, 'a denial', loopback],
  [2, 'bad YAML', `${loopback}---\n[`],
])('exit code %d for %s', async (code, _, text) => expect((await run(['-'], {}, text)).code).toBe(code));

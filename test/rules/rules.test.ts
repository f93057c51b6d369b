import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { allKinds, kinds } from '../../src/kinds/index.ts';
import { rules } from '../../src/rules/index.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';

/** The fields one rule complains about. */
function complaints(id: string, object: object, parameters: Record<string, unknown> = {}): string[] {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const { view } = kinds.Endpoints.parse(
    { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web' }, ...object },
    100,
  );
  const parsed = rule.parameters.parse(parameters);
  return [...rule.check(view, rule.prepare?.(parsed) ?? parsed, { namespace: 'shop' })].map(({ path }) =>
    pathText(path),
  );
}

const subset = (fields: object) => ({ subsets: [fields] });
const ip = (text: string) => ({ addresses: [{ ip: text }] });
const address = (fields: object) => subset({ addresses: [{ ip: '10.0.0.1', ...fields }] });
const ports = (...list: unknown[]) => subset({ ...ip('10.0.0.1'), ports: list });
const x = (length: number) => 'x'.repeat(length);

describe('the list of rules', () => {
  const files = readdirSync(new URL('../../src/rules', import.meta.url)).filter((name) => /^[^.]+\.ts$/.test(name));
  const others = [
    ...['index', 'rule', 'example', 'source', 'program-exemption', 'nat64-prefixes'],
    ...['addresses-found', 'forbidden-ports', 'inside-name', 'needs-cluster', 'pattern', 'trust'],
  ];
  const ids = files.map((name) => name.slice(0, -3)).filter((name) => !others.includes(name));

  test('holds each file, and a file is named after its id', () =>
    expect([wellFormed, ...rules].map(({ id }) => id).sort()).toEqual(ids.sort()));

  test('each names fields of the kinds that it judges, and of no other', () => {
    const owns = { Endpoints: /^subsets/, EndpointSlice: /^(?:addressType|endpoints|ports)/, Service: /^spec/ };
    for (const { id, fields, kinds } of [wellFormed, ...rules]) {
      const named = allKinds.map(({ kind }) => kind).filter((kind) => fields.some((field) => owns[kind].test(field)));
      expect([id, named]).toEqual([id, id === 'object-name' ? [] : kinds]); // its fields are metadata, which all have
    }
  });

  test('what the Endpoints document only suggests is warned of', () => {
    const suggested = rules.filter(({ source }) => source.text.includes('should')).map(({ id }) => id);
    const warned = rules.filter(({ enforcement }) => enforcement === 'warn').map(({ id }) => id);
    expect(suggested).toContain('target-field-path');
    expect(warned).toEqual(expect.arrayContaining(suggested));
  });

  test('lists that the Endpoints document makes mandatory are demanded of new objects only', () => {
    const lists = rules.filter(({ id }) => id.endsWith('s-required'));
    expect(lists.map(({ id, operations }) => [id, operations])).toEqual(lists.map(({ id }) => [id, 'create']));
    expect(lists.length).toBeGreaterThan(2);
  });
});

const name = (metadata: unknown) => ({ metadata });

describe.each<[string, string, object[], object[]]>([
  [
    'object-name',
    'metadata.name',
    [
      name({ name: x(253) }),
      name({ name: 'a.b-c.0' }),
      name({ generateName: 'web-' }),
      name({ name: 'a', generateName: 'w.b-' }),
    ],
    [
      name({}),
      name(null),
      name({ name: '' }),
      name({ name: x(254) }),
      name({ name: 'web-' }),
      name({ name: 'Web' }),
      name({ name: 'a\n' }),
    ],
  ],
  [
    'object-name',
    'metadata.generateName',
    [
      name({ generateName: x(253) }),
      name({ generateName: 'a' }),
      name({ generateName: 'a.b-' }),
      name({ generateName: 'a--' }),
    ],
    ['Web_', '-', 'a.', '.-a', x(254), 'web- '].map((generateName) => name({ name: 'web', generateName })),
  ],
  ['subsets-required', 'subsets', [{ subsets: [{}] }, { subsets: [null] }], [{}, { subsets: null }, { subsets: [] }]],
  [
    'addresses-required',
    'subsets[0].addresses',
    [subset(ip('10.0.0.1')), {}],
    [
      subset({}),
      subset({ addresses: null }),
      subset({ addresses: [] }),
      subset({ notReadyAddresses: [{ ip: '10.0.0.1' }] }),
      { subsets: [null] },
    ],
  ],
  ['ports-required', 'subsets[0].ports', [ports({}), ports(null), {}], [subset({}), subset({ ports: null }), ports()]],
  [
    'special-address',
    'subsets[0].addresses[0].ip',
    [
      ...[
        '126.255.255.255',
        '128.0.0.0',
        '169.253.255.255',
        '169.255.0.0',
        '224.0.1.0',
        '223.255.255.255',
        '1.0.0.0',
        '255.255.255.254',
      ],
      ...[
        '::2',
        'fec0::1',
        'fe7f:ffff::',
        'ff01::1',
        'ff05::1',
        'ff0e::1',
        'ff13::1',
        '64:ff9b::10.1.2.3',
        '2002:a00:1::',
        '::10.0.0.1',
      ],
      ...[
        '2001:db8:5efe::127.0.0.1',
        '64:ff9b:2::127.0.0.1',
        '::1:0:127.0.0.1',
        '::ffff:0:10.1.2.3',
        '2001:db8::5efe:10.0.0.1',
      ],
    ].map((text) => subset(ip(text))),
    [
      ...[
        '0.0.0.1',
        '255.255.255.255',
        '0.0.0.0',
        '127.0.0.0',
        '127.255.255.255',
        '169.254.0.0',
        '169.254.169.254',
        '169.254.255.255',
        '224.0.0.0',
        '224.0.0.255',
      ],
      ...[
        '::',
        '0:0:0:0:0:0:0:0',
        '::1',
        '0::1',
        'fe80::',
        'FE80::1',
        'febf:ffff::1',
        'ff02::1',
        'ff12::',
        'ffF2:1::',
        '::127.0.0.1',
        '::7f00:1',
      ],
      ...[
        '::224.0.0.1',
        '64:ff9b::169.254.169.254',
        '64:ff9b::0.0.0.0',
        '64:ff9b:1:2::127.0.0.1',
        '2002:7f00:1::',
        '2002::',
        '2002:a9fe:a9fe::1',
      ],
      ...['::ffff:0:127.0.0.1', '::ffff:0:0:0', '2001:db8::5efe:169.254.169.254', 'fd00::200:5efe:127.0.0.1'],
    ].map((text) => subset(ip(text))),
  ],
  [
    'hostname-label',
    'subsets[0].addresses[0].hostname',
    [null, '', 'a', '0', x(63)].map((hostname) => address({ hostname })),
    [x(64), 'a.b', 'A', '-a', 'a-', 'a\n', ' '].map((hostname) => address({ hostname })),
  ],
  [
    'node-name',
    'subsets[0].addresses[0].nodeName',
    [undefined, null, 'a', 'node-1.example.com', x(253)].map((nodeName) => address({ nodeName })),
    ['', x(254), 'Node', 'a..b', 'a_b', 'n\n'].map((nodeName) => address({ nodeName })),
  ],
  [
    'port-name-label',
    'subsets[0].ports[0].name',
    [undefined, null, '', 'a', '8080', 'a-b', x(63)].map((text) => ports({ name: text })),
    [x(64), 'http\n', 'Http', '-a', 'a-', 'a.b', 'a_b', ' '].map((text) => ports({ name: text })),
  ],
  [
    'port-name-required',
    'subsets[0].ports[1].name',
    [ports({}), ports({ name: 'a' }, { name: 'a' }), { subsets: [{ ports: [{}] }, { ports: [{}] }] }],
    [
      ports({ name: 'a' }, {}),
      ports({ name: 'a' }, null),
      ports({ name: 'a' }, { name: '' }),
      ports({ name: 'a' }, { name: null }),
    ],
  ],
  [
    'port-range',
    'subsets[0].ports[0].port',
    [1, 80, 65535].map((port) => ports({ port })),
    [0, -0, -1, 65536, 1e300, undefined, null].map((port) => ports({ port })),
  ],
  [
    'protocol',
    'subsets[0].ports[0].protocol',
    [undefined, null, '', 'TCP', 'UDP'].map((protocol) => ports({ protocol })),
    ['tcp', 'Udp', 'SCTP', 'TCP ', 'ICMP', '__proto__', 'length'].map((protocol) => ports({ protocol })),
  ],
  [
    'ready-and-not-ready',
    'subsets[0].notReadyAddresses[0].ip',
    [
      subset({ addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }] }),
      subset({ ...ip('10.0.0.1'), notReadyAddresses: [{ ip: '10.0.0.2' }] }),
      subset({ ...ip('::10.0.0.1'), notReadyAddresses: [{ ip: '10.0.0.1' }] }),
      subset({ notReadyAddresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }] }),
      { subsets: [ip('10.0.0.1'), { notReadyAddresses: [{ ip: '10.0.0.1' }] }] },
    ],
    [
      subset({ ...ip('10.0.0.1'), notReadyAddresses: [{ ip: '10.0.0.1' }] }),
      subset({ ...ip('2001:DB8:0::1'), notReadyAddresses: [{ ip: '2001:db8::1' }] }),
      subset({ ...ip('64:ff9b::10.0.0.1'), notReadyAddresses: [{ ip: '64:ff9b::a00:1' }, {}] }),
      subset({
        addresses: [{ ip: '10.0.0.1', hostname: 'a' }],
        notReadyAddresses: [{ ip: '10.0.0.1', hostname: 'b' }],
      }),
    ],
  ],
  [
    'target-resource-version',
    'subsets[0].addresses[0].targetRef.resourceVersion',
    [null, {}, { resourceVersion: null }, { resourceVersion: '' }].map((targetRef) => address({ targetRef })),
    ['0', ' ', '18186'].map((resourceVersion) => address({ targetRef: { resourceVersion } })),
  ],
  [
    'target-field-path',
    'subsets[0].addresses[0].targetRef.fieldPath',
    [
      ...[
        undefined,
        null,
        '',
        '.spec',
        'spec.containers{web}',
        'spec.containers[2]',
        'desiredState.manifest.containers[2]',
        '_a.B9',
      ],
      ...[`metadata.annotations['a.b/c']`, 'metadata.annotations["a.b/c"]', 'a[0][1]{x}.b', x(1024)],
    ].map((fieldPath) => address({ targetRef: { fieldPath } })),
    [
      ...[
        '[',
        ']',
        '.',
        '..',
        '..a',
        'a..b',
        'a.',
        ' ',
        'a b',
        'a\n',
        'a[-1]',
        'a[',
        'a[]',
        'a[1',
        'a{',
        'a{}',
        'a{x',
        'a{x y}',
        'a}',
        '[0]',
        '{a}',
      ],
      ...['1a', 'a-b', `a['x`, `a['']`, `a['x"]`, 'a[x]', '/spec', '$.spec', x(1025), 'é'],
    ].map((fieldPath) => address({ targetRef: { fieldPath } })),
  ],
])('%s at %s', (id, field, accepted, rejected) => {
  test.each(accepted)('accepts %j', (object) => expect(complaints(id, object)).toEqual([]));
  test.each(rejected)('refuses %j', (object) => expect(complaints(id, object)).toEqual([field]));
});

test('not-ready addresses are looked at as well', () => {
  const bad = { ip: '::1', hostname: '.', nodeName: '', targetRef: { resourceVersion: '1', fieldPath: '[' } };
  const found = rules.flatMap(({ id }) =>
    complaints(id, subset({ addresses: [{ ip: '10.0.0.1' }], notReadyAddresses: [bad], ports: [{ port: 1 }] })),
  );
  const fields = ['ip', 'hostname', 'nodeName', 'targetRef.resourceVersion', 'targetRef.fieldPath'];
  expect(found).toEqual(fields.map((field) => `subsets[0].notReadyAddresses[0].${field}`));
});

test('a policy may allow SCTP, or nothing but UDP', () => {
  expect(complaints('protocol', ports({ protocol: 'SCTP' }), { allowed: ['SCTP'] })).toEqual([]);
  expect(complaints('protocol', ports({}), { allowed: ['UDP'] })).toEqual(['subsets[0].ports[0].protocol']);
});

import { describe, expect, test } from 'vitest';
import { defaultPolicy, parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { rules } from '../../src/rules/index.ts';

const head = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' };
const accepted = (settings: object) => {
  const { policy, findings } = parsePolicy({ ...head, ...settings });
  if (!policy) throw new Error(findings.map(policyFindingText).join('\n'));
  return policy;
};
const on = rules.filter(({ enforcement }) => enforcement !== 'none');
const refusals = (source: unknown) => parsePolicy(source).findings?.map(policyFindingText);

test.each([
  [{}, { whenUnknown: 'deny', staleAfterMilliseconds: 5000 }],
  [
    { whenUnknown: 'warn', staleAfter: '1m' },
    { whenUnknown: 'warn', staleAfterMilliseconds: 60_000 },
  ],
  [{ staleAfter: '1s' }, { whenUnknown: 'deny', staleAfterMilliseconds: 1000 }],
])('of the cluster %j is read', (cluster, expected) => expect(accepted({ cluster }).cluster).toEqual(expected));

describe('the default policy', () => {
  const policy = defaultPolicy();

  test('enforces every rule as its file says by default', () => {
    expect(policy.checks.map(({ rule }) => rule)).toEqual(on);
    expect(policy.checks.map(({ enforcement }) => enforcement)).toEqual(on.map(({ enforcement }) => enforcement));
  });

  test('enforces, fills in all defaults and exempts nobody', () =>
    expect(policy).toMatchObject({ mode: 'enforce', defaults: { protocol: true, packSubsets: true }, exempt: [] }));

  test('allows TCP and UDP', () =>
    expect(policy.checks.find(({ rule }) => rule.id === 'protocol')?.prepared).toEqual({ allowed: ['TCP', 'UDP'] }));
});

test('settings are read', () => {
  const exempt = [{ users: ['a*'], groups: ['g'], namespaces: ['n'], rules: ['port-range'] }];
  const policy = accepted({
    mode: 'audit',
    rules: {
      'well-formed': { enforcement: 'deny' },
      'port-range': { enforcement: 'none' },
      protocol: { enforcement: 'warn', allowed: ['SCTP'] },
    },
    defaults: { protocol: { enabled: false }, 'pack-subsets': { enabled: false } },
    exempt,
  });
  expect(policy).toMatchObject({ mode: 'audit', defaults: { protocol: false, packSubsets: false }, exempt });
  const checks = new Map(policy.checks.map(({ rule: { id }, ...check }) => [id, check]));
  expect(checks.has('port-range')).toBe(false);
  expect(checks.get('protocol')).toEqual({ enforcement: 'warn', prepared: { allowed: ['SCTP'] } });
  expect(checks.get('object-name')).toEqual({ enforcement: 'deny', prepared: {} });
  expect(checks.size).toBe(on.length - 1);
});

test.each([
  [undefined, 10_000],
  ['0s', 0],
  ['0', 0],
  ['1.5s', 1500],
  ['250ms', 250],
  ['10s', 10_000],
])('RBAC exemptions are remembered for %s', (cacheTTL, cacheTtlMilliseconds) => {
  expect(accepted({ authorization: cacheTTL === undefined ? {} : { cacheTTL } }).authorization).toEqual({
    cacheTtlMilliseconds,
    wildcards: 'count',
  });
});

const ids = rules.map(({ id }) => id).join(', ');
const tops = 'apiVersion, kind, mode, rules, namespaces, defaults, exempt, authorization, cluster';

test.each<[unknown, string[]]>([
  [undefined, ['is missing']],
  [null, ['null is not a map']],
  [[], ['a list is not a map']],
  ['x', ['"x" is not a map']],
  [{}, ['apiVersion: is missing: write endpoints-webhook.io/v1alpha1', 'kind: is missing: write Policy']],
  [{ ...head, apiVersion: 'v1' }, ['apiVersion: "v1" is not allowed here: one of endpoints-webhook.io/v1alpha1']],
  [{ ...head, kind: 'policy' }, ['kind: "policy" is not allowed here, did you mean Policy? One of Policy']],
  [{ ...head, mode: 'audi' }, ['mode: "audi" is not allowed here, did you mean audit? One of enforce, audit']],
  [{ ...head, mode: null }, ['mode: null is not allowed here: one of enforce, audit']],
  [{ ...head, pardons: {} }, [`pardons: "pardons" is not known here, did you mean authorization? One of ${tops}`]],
  [
    { ...head, authorization: { cache: '1s' } },
    ['authorization.cache: "cache" is not known here, did you mean cacheTTL? One of cacheTTL, wildcards'],
  ],
  [
    { ...head, apiVersion: 'endpoints-webhook.io/v1' },
    [
      'apiVersion: "endpoints-webhook.io/v1" is not allowed here, did you mean endpoints-webhook.io/v1alpha1? One of endpoints-webhook.io/v1alpha1',
    ],
  ],
  [{ ...head, rule: {} }, [`rule: "rule" is not known here, did you mean rules? One of ${tops}`]],
  [{ ...head, rules: [] }, ['rules: a list is not a map']],
  [
    { ...head, rules: { 'port-rang': {} } },
    [`rules[port-rang]: "port-rang" is not known here, did you mean port-range? One of well-formed, ${ids}`],
  ],
  [{ ...head, rules: { zzz: {} } }, [`rules.zzz: "zzz" is not known here: one of well-formed, ${ids}`]],
  [
    { ...head, rules: { 'well-formed': { enforcement: 'warn' } } },
    ['rules[well-formed].enforcement: "warn" is not allowed here: one of deny'],
  ],
  [
    { ...head, rules: { 'port-range': { enforcement: false } } },
    [
      'rules[port-range].enforcement: false (as YAML reads no and off) is not allowed here: one of deny, warn, audit, none',
    ],
  ],
  [
    { ...head, rules: { 'port-range': { enforcement: 'Deny' } } },
    ['rules[port-range].enforcement: "Deny" is not allowed here, did you mean deny? One of deny, warn, audit, none'],
  ],
  [{ ...head, rules: { 'port-range': 'deny' } }, ['rules[port-range]: "deny" is not a map']],
  [
    { ...head, rules: { 'port-range': { allowed: [] } } },
    ['rules[port-range].allowed: "allowed" is not known here: one of enforcement'],
  ],
  [
    { ...head, rules: { protocol: { alowed: [] } } },
    ['rules.protocol.alowed: "alowed" is not known here, did you mean allowed? One of enforcement, allowed'],
  ],
  [{ ...head, rules: { protocol: { allowed: [] } } }, ['rules.protocol.allowed: a list is empty']],
  [
    { ...head, rules: { protocol: { allowed: ['tcp'] } } },
    ['rules.protocol.allowed[0]: "tcp" is not allowed here, did you mean TCP? One of TCP, UDP, SCTP'],
  ],
  [{ ...head, defaults: { protocol: true } }, ['defaults.protocol: true is not a map']],
  [{ ...head, defaults: { protocol: { enabled: 'yes' } } }, ['defaults.protocol.enabled: "yes" is not true or false']],
  [
    { ...head, defaults: { protokol: {} } },
    ['defaults.protokol: "protokol" is not known here, did you mean protocol? One of protocol, pack-subsets'],
  ],
  [{ ...head, exempt: {} }, ['exempt: an object is not a list']],
  [
    { ...head, exempt: [{ rules: ['port-range'] }] },
    ['exempt[0]: names neither users nor groups nor namespaces, and would exempt everybody'],
  ],
  [{ ...head, exempt: [{ users: [] }] }, ['exempt[0].users: a list is empty']],
  [{ ...head, exempt: [{ users: [''] }] }, ['exempt[0].users[0]: "" is empty']],
  [{ ...head, exempt: [{ users: 'me' }] }, ['exempt[0].users: "me" is not a list']],
  [
    { ...head, exempt: [{ users: ['a'], user: 1 }] },
    ['exempt[0].user: "user" is not known here, did you mean users? One of users, groups, namespaces, rules'],
  ],
  [
    { ...head, exempt: [{ users: ['a'], rules: ['well-formed'] }] },
    [`exempt[0].rules[0]: "well-formed" is not allowed here: one of ${ids}`],
  ],
  [
    { ...head, rules: { 'forbidden-network': { networks: ['10.0.0.0/8', '10.0.0.1/8', '::ffff:10.0.0.0/104', 10] } } },
    [
      'rules[forbidden-network].networks[1]: "10.0.0.1/8" has bits set beyond its prefix: write 10.0.0.0/8',
      'rules[forbidden-network].networks[2]: "::ffff:10.0.0.0/104" is not a network: it is an IPv4 network written as IPv6, write 10.0.0.0/8',
      'rules[forbidden-network].networks[3]: 10 is not a string',
    ],
  ],
  [
    { ...head, rules: { 'forbidden-network': { presets: ['cloud-metadat'], networks: '10.0.0.0/8' } } },
    [
      'rules[forbidden-network].networks: "10.0.0.0/8" is not a list',
      'rules[forbidden-network].presets[0]: "cloud-metadat" is not allowed here, did you mean cloud-metadata? One of cloud-metadata, private',
    ],
  ],
  [
    { ...head, rules: { 'forbidden-port': { ports: ['10250', 'tcp/22', 'TCP/0', 'TCP/2380-2379', 'TCP/65536'] } } },
    [
      'rules[forbidden-port].ports[0]: "10250" is not a port such as TCP/10250 or TCP/2379-2380: write TCP/10250 if TCP is meant',
      'rules[forbidden-port].ports[1]: "tcp/22" is not a port such as TCP/10250 or TCP/2379-2380: write the protocol in capitals',
      'rules[forbidden-port].ports[2]: "TCP/0" is not a port such as TCP/10250 or TCP/2379-2380',
      'rules[forbidden-port].ports[3]: "TCP/2380-2379" ends before it begins: write TCP/2379-2380',
      'rules[forbidden-port].ports[4]: "TCP/65536" goes beyond the last port, 65535',
    ],
  ],
  [{ ...head, namespaces: {} }, ['namespaces: an object is not a list']],
  [{ ...head, namespaces: [{}] }, ['namespaces[0].match: is missing', 'namespaces[0].rules: is missing']],
  [{ ...head, namespaces: [{ match: [], rules: {} }] }, ['namespaces[0].match: a list is empty']],
  [
    { ...head, namespaces: [{ match: ['legacy-*', 'legacy-.+', ''], rules: {} }] },
    [
      'namespaces[0].match[1]: "legacy-.+" can match no namespace: names have lower-case letters, digits and "-" only, and * matches any run',
      'namespaces[0].match[2]: "" can match no namespace: names have lower-case letters, digits and "-" only, and * matches any run',
    ],
  ],
  [
    { ...head, namespaces: [{ match: ['a'], rules: {}, labels: {} }] },
    ['namespaces[0].labels: "labels" is not known here: one of match, rules'],
  ],
  [
    { ...head, namespaces: [{ match: ['a'], rules: { 'forbiden-port': {} } }] },
    [
      `namespaces[0].rules[forbiden-port]: "forbiden-port" is not known here, did you mean forbidden-port? One of well-formed, ${ids}`,
    ],
  ],
  [
    { ...head, namespaces: [{ match: ['a'], rules: { 'well-formed': { enforcement: 'audit' } } }] },
    ['namespaces[0].rules[well-formed].enforcement: "audit" is not allowed here: one of deny'],
  ],
  [
    { ...head, namespaces: [{ match: ['a'], rules: { 'forbidden-network': { enforcement: 'of', network: [] } } }] },
    [
      'namespaces[0].rules[forbidden-network].enforcement: "of" is not allowed here: one of deny, warn, audit, none',
      'namespaces[0].rules[forbidden-network].network: "network" is not known here, did you mean networks? One of enforcement, networks, presets, nat64Prefixes',
    ],
  ],
  [
    { ...head, rules: { 'special-address': { nat64Prefixes: ['10.0.0.0/8', '2001:db8::/97', '2001:db8::/64'] } } },
    [
      'rules[special-address].nat64Prefixes[0]: "10.0.0.0/8" is not a NAT64 prefix: write an IPv6 network with a prefix from 32 to 96',
      'rules[special-address].nat64Prefixes[1]: "2001:db8::/97" is not a NAT64 prefix: write an IPv6 network with a prefix from 32 to 96',
    ],
  ],
  [
    { ...head, namespaces: [{ match: ['a'], rules: { 'forbidden-network': { networks: ['10.0.0.0'] } } }] },
    [
      'namespaces[0].rules[forbidden-network].networks[0]: "10.0.0.0" is not a network: write 10.0.0.0/32 for this one address',
    ],
  ],
  [
    { ...head, namespaces: [{ match: ['a'], rules: { protocol: { allowed: [] } } }] },
    ['namespaces[0].rules.protocol.allowed: a list is empty'],
  ],
  ...['11s', '-1s', '', 'ten', '10001ms', '1m'].map((cache): [unknown, string[]] => [
    { ...head, authorization: { cacheTTL: cache } },
    [`authorization.cacheTTL: "${cache}" is not a duration from 0s to 10s`],
  ]),
  [
    { ...head, cluster: { whenUnknown: 'allow' } },
    ['cluster.whenUnknown: "allow" is not allowed here: one of deny, warn'],
  ],
  ...['0s', '999ms', '61s', '5', '-1s', ''].map((staleAfter): [unknown, string[]] => [
    { ...head, cluster: { staleAfter } },
    [`cluster.staleAfter: "${staleAfter}" is not a duration from 1s to 1m`],
  ]),
  [{ ...head, cluster: { staleAfter: 5 } }, ['cluster.staleAfter: 5 is not a string']],
  [
    { ...head, rules: { 'foreign-pod': { trust: [{ from: ['shop'] }, { from: [], to: ['Bank'] }, { to: '*' }] } } },
    [
      'rules[foreign-pod].trust[0].to: is missing',
      'rules[foreign-pod].trust[1].from: a list is empty',
      'rules[foreign-pod].trust[1].to[0]: "Bank" can match no namespace: names have lower-case letters, digits and "-" only, and * matches any run',
      'rules[foreign-pod].trust[2].from: is missing',
      'rules[foreign-pod].trust[2].to: "*" is not a list',
    ],
  ],
  [
    { ...head, rules: { 'unclaimed-address': { networks: ['10.244.0.1/16'], presets: ['node-pods'] } } },
    [
      'rules[unclaimed-address].networks[0]: "10.244.0.1/16" has bits set beyond its prefix: write 10.244.0.0/16',
      'rules[unclaimed-address].presets[0]: "node-pods" is not allowed here: one of node-pod-cidrs',
    ],
  ],
  [
    { ...head, rules: { 'service-address': { networks: ['x'], presets: ['cidrs'], externalIPs: 'yes' } } },
    [
      'rules[service-address].networks[0]: "x" is not a network such as 10.0.0.0/8 or 2001:db8::/32',
      'rules[service-address].presets[0]: "cidrs" is not allowed here: one of service-cidrs',
      'rules[service-address].externalIPs: "yes" is not true or false',
    ],
  ],
  [{ ...head, authorization: { cacheTTL: 10 } }, ['authorization.cacheTTL: 10 is not a string']],
  [
    { ...head, authorization: { cachTTL: '1s' } },
    ['authorization.cachTTL: "cachTTL" is not known here, did you mean cacheTTL? One of cacheTTL, wildcards'],
  ],
  [
    JSON.parse('{"apiVersion":"endpoints-webhook.io/v1alpha1","kind":"Policy","__proto__":{}}'),
    [`__proto__: "__proto__" is not known here: one of ${tops}`],
  ],
])('%j is refused', (source, expected) => expect(refusals(source)).toEqual(expected));

test('a finding tells a wrong key from a wrong value', () => {
  const { findings } = parsePolicy({ ...head, mood: 1, mode: 1 });
  expect(findings?.map(({ path, key }) => [path, key])).toEqual([
    [['mode'], undefined],
    [['mood'], true],
  ]);
});

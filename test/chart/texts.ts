// What people write into a policy where only the program's own readers can tell right from wrong; good and bad are mixed on purpose.

/** Lines of texts with | between them. */
const split = (...lines: readonly string[]) => lines.flatMap((line) => line.split('|'));

const four = [0, 1, 2, 7, 8, 9, 15, 16, 23, 24, 25, 31, 32];
const six = [0, 1, 3, 15, 16, 17, 32, 47, 48, 63, 64, 65, 95, 96, 97, 111, 112, 113, 127, 128];

export const networks: readonly string[] = [
  ...split(
    '10.0.0.0/8|10.0.0.1/8|10.0.0.256/32|10.0.0.0/33|10.0.0.0|10.0.0.1|10.246.0.1/24|0.0.0.0/0|10.0.0.0/08',
    '10.0.0.0/|10.0.0.0/-1|10.0.0.0/+8|10.0.0.0/8 | 10.0.0.0/8|/8|/||10.0.0.0/8/8|10.0.0/8|10.0.0.0.0/8',
    '10.0.0.0./8|.10.0.0.0/8|10..0.0/8|010.0.0.0/8|0x0a.0.0.0/8|10.0.0.0/255.0.0.0|10.0.0.0/1e1|10.0.0.0/ 8',
    '10.0.0.0\\8|10.0.0.0-10.0.0.255|１0.0.0.0/8|167772160/8|1110.0.0.0/8|999.1.1.1/32|255.255.255.255/32',
    '255.255.255.255/31|192.168.10.20/30|localhost/8|*|fd00::/8|fd00::1/8|fd00::/129|fd00::|fd00::1|::/0|::',
    '::/128|::1/128|::1/127|FD00::/8|FD00:ABCD::1/64|fd00::g/64|fd00:::/8|:::/8|:fd00::/8|fd00:/8|:/8|1:/16',
    'fd00::1::2/64|fd00:10:96::/112|fd00:10:96::1/112|1:2:3:4:5:6:7:8/128|1:2:3:4:5:6:7:8/64|1:2:3:4:5:6:7/128',
    '1:2:3:4:5:6:7:8:9/128|1:2:3:4:5:6:7::8/128|1:2:3:4:5:6:7::/112|::2:3:4:5:6:7:8/128|1::3:4:5:6:7:8/128',
    '::1:2:3:4:5:6:7:8/128|1:2:3:4:5:6:7:8::/128|12345::/16|00001::/16|0001::/16|2001:0db8::/32|2001:db8::/032',
    'fe80::1%eth0/128|fe80::%1/64|[fd00::]/8|::ffff:10.0.0.0/104|::ffff:10.0.0.1/128|::ffff:10.0.0.0/95',
    '::ffff:10.0.0.1|::ffff:a00:1/120|::FFFF:0:0/96|0:0:0:0:0:ffff:1:2/129|::ffff:0:0/x|::fffe:0:0/96',
    '::10.0.0.0/104|::10.0.0.1/128|::10.0.0.1/104|64:ff9b::10.0.0.0/104|64:ff9b::10.0.0.1/96|::010.0.0.1/128',
    '::1110.0.0.1/128|::10.0.0.256/128|1:2:3:4:5:6:1.2.3.4/128|1:2:3:4:5:6:7:1.2.3.4/128|1:2:3:4:5::1.2.3.4/128',
    '1:2:3:4:5:6::1.2.3.4/128|1.2.3.4::/32|::1.2.3.4:5/128|1:0:0:2:0:0:0:3/127|0:0:1::/32|2001:0:0:1:2:3:4:5/127',
  ),
  ...four.map((prefix) => `255.255.255.255/${prefix}`),
  ...four.map((prefix) => `172.16.128.0/${prefix}`),
  ...six.map((prefix) => `ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/${prefix}`),
  ...six.map((prefix) => `2001:db8:0:8000:1:0:8000:101/${prefix}`),
];

export const ports: readonly string[] = [
  ...split(
    'TCP/10250|TCP/2379-2380|UDP/53|SCTP/1|TCP/1-65535|TCP/65535|TCP/65536|TCP/99999|TCP/100000|TCP/0|TCP/0-5',
    'TCP/5-0|TCP/080|TCP/-80|TCP/80-|TCP/80-80|TCP/2380-2379|TCP/65536-1|TCP/1-70000|tcp/22|Tcp/22|tcp/x|TCP/x',
    'ICMP/1|TCP|TCP/|/22|22|22-80|-|| TCP/22|TCP/22 |TCP/ 22|TCP/22 - 80|TCP/22,80|TCP/22-80-90|TCP/1_000|TCP/1e3',
    'TCP/0x16|TCP:22|22/TCP|TCP/ssh|TCP/*|TCP/２２',
  ),
];

export const domains: readonly string[] = split(
  'cluster.local|Cluster.Local.|example|a-b.c|cluster.local..|.cluster.local|a..b|-a.b|a-.b|a_b|*.local||.| a|a b|K8s.EXAMPLE',
);

export const durations: readonly string[] = [
  ...split(
    '10|0|00|0s|10s|11s|100h|1h|10000ms|10001ms|10.000s|10.001s|1.5s|1.2345s|1.234567891s|1.2345678912s|10.000000001s|9.999999999s|0.002777778h|0.0027777779h|.5s|1.s|9s1000ms|9s1001ms|5s5s',
    '0h0m10s|1m|0.1m|0.167m|0.002h|0.003h|-1s|+1s|1 s| 1s|1s |1S|1d||s|ten|010s|0100ms|1us|5m0s|999999999h',
    '9999999999h|999999999h999999999h999999999h999999999h|1e1s|999ms|1000ms|0.999999999s|60s|60.000000001s|59s1000ms|59s1001ms',
    '60000ms|60001ms|1.000000001m|0.016666667h|0.0166666666h|0.0166666667h|1m0s|1m0.001s|61s|2m',
  ),
];

/** Patterns of exemptions, of which some are met by accounts that anybody can make. */
export const users: readonly string[] = split(
  'system:serviceaccount:*:grafana|system:serviceaccount:team-*:grafana|system:serviceaccount:*-a:*|system:serviceaccount:*',
  'system:serviceaccount*|system:*|s*|*:*|*:grafana|*grafana|*-bot|sys*:a|*:*:bot|system:*:*:bot|*account:*:x|*foo:*:x|**|***',
  'system:serviceaccount:shop:*|system:serviceaccount:shop*|system:serviceaccount:shop:g*a|system:serviceaccount:shop:bot|ci:*|a*',
  '*@example.com|oidc:*|system:node:*|system:serviceaccount.x:*|system.serviceaccount:*|*:shop:bot|jane|SYSTEM:*|*A|*.b|*_b|*"b',
);

export const groups: readonly string[] = split(
  'system:serviceaccounts:*|system:serviceaccounts:team-*|system:serviceaccounts*|system:*|*s|*-ops|*:ops|*accounts:*',
  'system:auth*|system:serviceaccounts|system:serviceaccounts:shop|system:serviceaccounts:s*p|net-*|oidc:*|*:team|t*m-net|*.b|*@b',
);

/** What the chart's schema has to refuse as the program does, or let through as it does. */
export const policies: Readonly<Record<string, object>> = {
  'a namespace in capitals': { namespaces: [{ match: ['Shop'], rules: {} }] },
  'a namespace with a dot': { namespaces: [{ match: ['a.b'], rules: {} }] },
  'a namespace with a space': { namespaces: [{ match: ['a b'], rules: {} }] },
  'an empty namespace': { namespaces: [{ match: [''], rules: {} }] },
  'no namespace': { namespaces: [{ match: [], rules: {} }] },
  'an entry without rules': { namespaces: [{ match: ['a'] }] },
  'namespaces that match': { namespaces: [{ match: ['a-*', '*', '-1'], rules: {} }] },
  'a number for a network': { rules: { 'forbidden-network': { networks: [10] } } },
  'a network and a line break': { rules: { 'forbidden-network': { networks: ['10.0.0.0/8\n'] } } },
  'a port and a line break': { rules: { 'forbidden-port': { ports: ['TCP/22\n'] } } },
  'a duration and a line break': { authorization: { cacheTTL: '1s\n' } },
  'a text for networks': { rules: { 'forbidden-network': { networks: '10.0.0.0/8' } } },
  'null for networks': { rules: { 'forbidden-network': { networks: [null] } } },
  'a number for a port': { rules: { 'forbidden-port': { ports: [22] } } },
  'a number for a duration': { authorization: { cacheTTL: 10 } },
  'a number for a duration of the cluster': { cluster: { staleAfter: 5 } },
  'a network of pods and a line break': { rules: { 'unclaimed-address': { networks: ['10.0.0.0/8\n'] } } },
  'a port of nodes and a line break': { rules: { 'node-address': { ports: ['TCP/22\n'] } } },
  'an unknown preset of pods': { rules: { 'unclaimed-address': { presets: ['service-cidrs'] } } },
  'an unknown preset of Services': { rules: { 'service-address': { presets: ['node-pod-cidrs'] } } },
  'a text for whether external IPs count': { rules: { 'service-address': { externalIPs: 'yes' } } },
  'trust by names': { rules: { 'foreign-pod': { trust: [{ from: ['*'], to: ['knative-serving', 'a-*'] }] } } },
  'trust in a namespace': {
    namespaces: [{ match: ['a'], rules: { 'service-address': { trust: [{ from: ['a'], to: ['b'] }] } } }],
  },
  'trust in no namespace': { rules: { 'foreign-pod': { trust: [{ from: ['a'], to: [] }] } } },
  'trust of no namespace': { rules: { 'foreign-pod': { trust: [{ from: [], to: ['a'] }] } } },
  'trust in capitals': { rules: { 'service-address': { trust: [{ from: ['a'], to: ['A'] }] } } },
  'trust one way only': { rules: { 'foreign-pod': { trust: [{ from: ['a'] }] } } },
  'trust of more than names': { rules: { 'foreign-pod': { trust: [{ from: ['a'], to: ['b'], labels: {} }] } } },
  'trust of nodes': { rules: { 'node-address': { trust: [] } } },
  'an unknown cluster that is let through': { cluster: { whenUnknown: 'allow' } },
  'an unknown cluster that is warned of': { cluster: { whenUnknown: 'warn' } },
  'null for the cluster': { cluster: null },
  'an unknown preset': { rules: { 'forbidden-network': { presets: ['metadata'] } } },
  'an unknown protocol': { rules: { protocol: { allowed: ['tcp'] } } },
  'no protocol': { rules: { protocol: { allowed: [] } } },
  'an unknown rule': { rules: { 'forbidden-networks': {} } },
  'an unknown enforcement': { rules: { 'port-range': { enforcement: false } } },
  'a rule that cannot be off': { rules: { 'well-formed': { enforcement: 'none' } } },
  'null for rules': { rules: null },
  'null for a rule': { rules: { protocol: null } },
  'null for a mode': { mode: null },
  'null for namespaces': { namespaces: null },
  'another version': { apiVersion: 'v1' },
  'another kind': { kind: 'Polizei' },
  'an unknown mode': { mode: 'warn' },
  'an exemption for everybody': { exempt: [{ rules: ['port-range'] }] },
  'an exemption of well-formed': { exempt: [{ users: ['a'], rules: ['well-formed'] }] },
  'an exemption of a control character': { exempt: [{ users: ['a\u007fb'] }] },
  'an exemption of two lines': { exempt: [{ namespaces: ['a\nb'] }] },
  'an exemption of letters that are no ASCII': { exempt: [{ users: ['jürgen'] }] },
  'an empty exemption': { exempt: [{ users: [] }] },
  'an exemption of an empty name': { exempt: [{ groups: [''] }] },
  'accounts of any namespace that must be in a group': {
    exempt: [{ users: ['system:serviceaccount:*:a'], groups: ['platform'] }],
  },
  'accounts of any namespace in groups that all are in': {
    exempt: [{ users: ['system:serviceaccount:*:a'], groups: ['platform', 'system:auth*'] }],
  },
  'accounts of any namespace in the group of one': {
    exempt: [{ users: ['system:serviceaccount:*:a'], groups: ['system:serviceaccounts:shop'] }],
  },
  'everybody in groups of any namespace': { exempt: [{ users: ['*'], groups: ['system:serviceaccounts:*'] }] },
  'jane in groups of any namespace': { exempt: [{ users: ['jane'], groups: ['system:serviceaccounts:*'] }] },
  everybody: { exempt: [{ users: ['*'] }] },
  'accounts of any namespace in one': { exempt: [{ users: ['*:a'], namespaces: ['shop'] }] },
  'accounts of any namespace in some': { exempt: [{ users: ['*:a'], namespaces: ['s*'] }] },
  'accounts of any namespace in all': { exempt: [{ users: ['*:a'], namespaces: ['shop', '**'] }] },
  'accounts of any namespace, of one rule': { exempt: [{ users: ['*:a'], rules: ['protocol'] }] },
  'texts that YAML reads as something else': {
    exempt: [{ users: ['yes', '0x10', '1e3', '~', 'null', '2026-01-01', '!a', '# a'] }],
  },
};

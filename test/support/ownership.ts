import { expect } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import type { Kind } from '../../src/endpoints/view.ts';
import { parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { review } from '../../src/review/review.ts';
import { rules } from '../../src/rules/index.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';

// What the rules say that have to know the cluster, of one address in a cluster of some objects.

export type Settings = Readonly<Record<string, object>>;

const others = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));

export function policyOf(settings: Settings) {
  const on = Object.entries(settings).map(([id, own]) => [id, { enforcement: 'deny', ...own }]);
  const { policy, findings } = parsePolicy({
    ...{ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' },
    rules: { ...others, ...Object.fromEntries(on) },
  });
  if (!policy) throw new Error(findings.map(policyFindingText).join('; '));
  return policy;
}

export const metadata = { name: 'web' };

export function objectOf(kind: Kind, ip: string, port: number | null = 80) {
  const ports = [port === null ? {} : { port, protocol: 'TCP' }];
  if (kind === 'Endpoints') return { apiVersion: 'v1', kind, metadata, subsets: [{ addresses: [{ ip }], ports }] };
  const addressType = ip.includes(':') ? 'IPv6' : 'IPv4';
  return {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind, metadata, addressType },
    ...{ endpoints: [{ addresses: [ip], conditions: { ready: false } }], ports },
  };
}

export interface Asked {
  readonly cluster: readonly object[];
  readonly ip: string;
  readonly on?: Settings;
  readonly kind?: Kind;
  readonly operation?: 'CREATE' | 'UPDATE';
  readonly port?: number | null;
  readonly namespace?: string;
}

export const all: Settings = {
  'foreign-pod': {},
  'unclaimed-address': { networks: ['10.244.0.0/16', 'fd00:244::/48'] },
  'service-address': { networks: ['10.96.0.0/12', 'fd00:96::/108'] },
  'node-address': {},
};

/** `rule: message` of each violation, without the place, which must be that of the address. */
export function told({
  cluster,
  ip,
  on = all,
  kind = 'Endpoints',
  operation = 'CREATE',
  port = 80,
  namespace = 'shop',
}: Asked): readonly string[] {
  const known = clusterOf(cluster);
  const object = objectOf(kind, ip, port);
  const previous = objectOf(kind, ip.includes(':') ? '2001:db8::9' : '192.0.2.9', port);
  const requester = { user: 'somebody', groups: [] };
  const asked = { kind, operation, namespace, requester, object, previous };
  const { violations, allowed } = review(policyOf(on), asked, () => known);
  expect(allowed).toBe(violations.length === 0);
  return violations.map(({ rule, finding }) => {
    const place = kind === 'Endpoints' ? 'subsets[0].addresses[0].ip' : 'endpoints[0].addresses[0]';
    expect(pathText(finding.path)).toBe(place);
    return `${rule.id}: ${finding.message}`;
  });
}

export const rulesTold = (asked: Asked) => told(asked).map((text) => text.split(':')[0]);

export interface Spelling {
  readonly title: string;
  readonly v6: boolean;
  /** How an address of the cluster is listed. */
  readonly listed: (ip: string) => string;
}

const hex = (ip: string) => {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};

export const spellings: readonly Spelling[] = [
  { title: 'IPv4', v6: false, listed: (ip) => ip },
  { title: 'IPv6', v6: true, listed: (ip) => ip },
  { title: 'IPv6, written otherwise', v6: true, listed: (ip) => ip.replace('::', ':0:0:0::').toUpperCase() },
  { title: 'IPv4 behind NAT64', v6: false, listed: (ip) => `64:ff9b::${ip}` },
  { title: 'IPv4 in 6to4', v6: false, listed: (ip) => `2002:${hex(ip)}::1` },
  { title: 'IPv4 in IPv4-compatible', v6: false, listed: (ip) => `::${ip}` },
  { title: 'IPv4 in ISATAP', v6: false, listed: (ip) => `2001:db8::5efe:${ip}` },
];

const first = [...spellings.slice(0, 1), ...spellings.slice(3, 4)].map(({ listed }) => listed);
export const refusals = (cluster: readonly object[], ip: string, more: Partial<Asked> = {}) =>
  first.map((listed) => rulesTold({ cluster, ip: listed(ip), ...more }));
export const both = (...refusedBy: string[]) => [refusedBy, refusedBy];

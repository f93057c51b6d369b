import type { Kind } from '../endpoints/view.ts';
import type { Fields } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import { serviceNameLabel } from '../kinds/serving-keys.ts';
import { isExempt, type Requester } from '../policy/exemption.ts';
import type { Policy } from '../policy/policy.ts';
import { judge } from '../review/judge.ts';

/** An object that is sent to see what becomes of it. */
export interface Trial {
  readonly object: Fields;
  /** In words, such as `address 64:ff9b::a9fe:a9fe`. */
  readonly what: string;
  /** The first rule that refuses it. */
  readonly rule?: string;
  /** Whether `restricted` exempts from all that refuses it. */
  readonly exemptibleByRbac: boolean;
}

export interface ForbiddenTrials {
  /** What RBAC exempts nobody from comes first. */
  readonly trials: readonly Trial[];
  /** Whether the policy refuses something, but not of this requester. */
  readonly isExempt: boolean;
}

/** What a policy refuses of a kind in a namespace, and API servers by themselves do not. */
export function forbiddenTrials(
  policy: Policy,
  kind: Kind,
  namespace: string,
  name: string,
  requester: Requester,
): ForbiddenTrials {
  let isAnyExempt = false;
  const trials = candidates[kind].forbidden.flatMap(([what, fields]) => {
    const object = objectOf(kind, namespace, name, fields);
    const denied = denying(policy, kind, namespace, object);
    const binding = denied.filter(({ rule: { id } }) => !isExempt(policy.exempt, id, requester, namespace));
    const [first] = binding;
    if (!first) {
      isAnyExempt ||= denied.length > 0;
      return [];
    }
    const exemptibleByRbac = binding.every(({ rule }) => rule.exemptibleByRbac);
    return [{ object, what, rule: first.rule.id, exemptibleByRbac }];
  });
  trials.sort((one, other) => Number(one.exemptibleByRbac) - Number(other.exemptibleByRbac));
  return { trials, isExempt: trials.length === 0 && isAnyExempt };
}

/** What a policy allows; `undefined` where it refuses all that is tried. */
export function goodTrial(policy: Policy, kind: Kind, namespace: string, name: string): Trial | undefined {
  for (const [what, fields] of candidates[kind].good) {
    const object = objectOf(kind, namespace, name, fields);
    if (denying(policy, kind, namespace, object).length === 0) return { object, what, exemptibleByRbac: false };
  }
  return undefined;
}

/** Rules that have to know the cluster are not asked. */
function denying(policy: Policy, kind: Kind, namespace: string, object: Fields) {
  const { violations } = judge(policy, { kind, operation: 'CREATE', namespace, object });
  return violations.filter(({ enforcement }) => enforcement === 'deny');
}

function objectOf(kind: Kind, namespace: string, name: string, fields: Fields): Fields {
  const { apiVersion } = kinds[kind];
  return { apiVersion, kind, metadata: { name, namespace, labels: { [serviceNameLabel]: name } }, ...fields };
}

type Candidates = readonly (readonly [what: string, fields: Fields])[];

const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const endpoints = (ip: string): Fields => ({ subsets: [{ addresses: [{ ip }], ports }] });
const slice = (address: string, addressType = address.includes(':') ? 'IPv6' : 'IPv4'): Fields => ({
  addressType,
  endpoints: [{ addresses: [address] }],
  ports,
});

/** 169.254.169.254 as gateways unwrap it, the metadata service of a cloud, and what no policy can allow in a slice of names. */
const [embedded, metadataService, notName] = ['64:ff9b::a9fe:a9fe', '100.100.100.200', '300.1.2.3'];

/** Of networks for documentation; and one of the internet, where a policy allows no other. */
const goodAddresses = ['203.0.113.10', '198.51.100.10', '192.0.2.10', '2001:db8::10', '1.1.1.1'];

const candidates: Readonly<Record<Kind, { readonly forbidden: Candidates; readonly good: Candidates }>> = {
  Endpoints: {
    forbidden: [
      [`address ${embedded}`, endpoints(embedded)],
      ['no ports', { subsets: [{ addresses: [{ ip: '203.0.113.10' }] }] }],
      [`address ${metadataService}`, endpoints(metadataService)],
    ],
    good: goodAddresses.map((address) => [`address ${address}`, endpoints(address)]),
  },
  EndpointSlice: {
    forbidden: [
      [`address ${embedded}`, slice(embedded)],
      [`name ${notName}`, slice(notName, 'FQDN')],
      [`address ${metadataService}`, slice(metadataService)],
    ],
    good: goodAddresses.map((address) => [`address ${address}`, slice(address)]),
  },
  Service: {
    forbidden: [
      ['externalName 169.254.169.254', { spec: { type: 'ExternalName', externalName: '169.254.169.254' } }],
      [`externalIPs ${metadataService}`, { spec: { ports: [{ port: 80 }], externalIPs: [metadataService] } }],
    ],
    good: [
      ['externalName www.example.com', { spec: { type: 'ExternalName', externalName: 'www.example.com' } }],
      ['no selector', { spec: { ports: [{ port: 80 }] } }],
    ],
  },
};

import type { Kind } from '../endpoints/view.ts';
import type { DocumentedRule } from '../rules/rule.ts';
import { forbidNames, forbidPolicyNetworks, forbidSpecialAddresses, requireCanonicalAddresses } from './addresses.ts';
import type { CelValidation, CheckInput } from './cel-validation.ts';
import { forbidPorts, requirePortRange, requireProtocols } from './ports.ts';
import { forbidExternalIPs, forbidExternalNames, forbidTargetPorts } from './services.ts';
import { forbidReadyAndNotReady, requirePort, requireReadyAddress, requireSubset } from './subsets.ts';
import { forbidResourceVersion, requireFieldPath } from './target-ref.ts';

/** What enforces a rule while no webhook pod answers: a ValidatingAdmissionPolicy, the API server's own validation, or nothing. */
export type Coverage =
  | {
      /** The oldest minor of Kubernetes 1 whose API server accepts the expressions. */
      readonly since: number;
      readonly validation: (input: CheckInput) => CelValidation;
      /** What the policy checks, and what it leaves to the API server; capital, full stop. */
      readonly how: string;
    }
  | { readonly builtIn: string }
  | { readonly webhookOnly: string };

/** ValidatingAdmissionPolicy is stable. */
const stable = 30;
/** `ip`, `isIP` and `cidr`: known to 1.30, and accepted in new policies by the next minor. */
const addresses = 31;
/** `transformMapEntry`: known to 1.32, and accepted in new policies by the next minor. */
const maps = 33;

const validated = (what: string) => ({ builtIn: `The API server's own validation refuses ${what}.` });

/** How a rule is enforced for a kind that it judges. Throws where the table has no entry for it. */
export function coverageOf({ id, webhookOnly }: DocumentedRule, kind: Kind): Coverage {
  const covered = webhookOnly === undefined ? coverage[id]?.[kind] : { webhookOnly };
  if (covered) return covered;
  throw new Error(
    `rule ${id} has no entry in src/admission-policy/coverage.ts for ${kind}: add its CEL validation, or builtIn with what the API server refuses by itself, or say webhookOnly with the reason in src/rules/${id}.ts`,
  );
}

/** Of every rule that does not say `webhookOnly` itself, and each kind that it judges; in any order. */
export const coverage: Readonly<Record<string, Readonly<Partial<Record<Kind, Coverage>>>>> = {
  'well-formed': {
    Endpoints: {
      since: addresses,
      validation: requireCanonicalAddresses,
      how: 'Addresses that have leading zeros or a zone, or are IPv4-mapped: API servers before 1.36 accept them. The API server checks types when it decodes the object.',
    },
    EndpointSlice: {
      since: addresses,
      validation: requireCanonicalAddresses,
      how: 'The same, and in EndpointSlices of addressType FQDN names that end in a number. The API server validates that addresses are of the family of addressType.',
    },
    Service: {
      builtIn: 'The API server checks types when it decodes the object, and refuses a targetPort of digits alone.',
    },
  },
  'object-name': { Endpoints: validated('such names') },
  'subsets-required': { Endpoints: { since: stable, validation: requireSubset, how: 'In full.' } },
  'addresses-required': { Endpoints: { since: stable, validation: requireReadyAddress, how: 'In full.' } },
  'ports-required': { Endpoints: { since: stable, validation: requirePort, how: 'In full.' } },
  'special-address': {
    Endpoints: {
      since: addresses,
      validation: forbidSpecialAddresses,
      how: 'Those written inside IPv6 addresses, 0.0.0.0/8 and 255.255.255.255. The API server validates all others.',
    },
    EndpointSlice: {
      since: addresses,
      validation: forbidSpecialAddresses,
      how: 'The same, and addresses and names in EndpointSlices of addressType FQDN. The API server validates all others.',
    },
  },
  'hostname-label': { Endpoints: validated('such hostnames'), EndpointSlice: validated('such hostnames') },
  'node-name': { Endpoints: validated('such node names'), EndpointSlice: validated('such node names') },
  'port-name-label': { Endpoints: validated('such names'), EndpointSlice: validated('such names') },
  'port-name-required': { Endpoints: validated('ports without a name beside others') },
  'port-range': {
    Endpoints: validated('such ports'),
    EndpointSlice: {
      since: stable,
      validation: requirePortRange,
      how: 'In full. The API server does not check it in EndpointSlices.',
    },
  },
  protocol: { Endpoints: { since: stable, validation: requireProtocols, how: 'In full.' } },
  'ready-and-not-ready': {
    Endpoints: {
      since: maps,
      validation: forbidReadyAndNotReady,
      how: 'In full, as addresses and not as text. A subset with more than 100,000 pairs of a ready and a not ready address must not list a ready one twice.',
    },
  },
  'target-resource-version': { Endpoints: { since: stable, validation: forbidResourceVersion, how: 'In full.' } },
  'target-field-path': { Endpoints: { since: stable, validation: requireFieldPath, how: 'In full.' } },
  'forbidden-network': {
    Endpoints: {
      since: addresses,
      validation: forbidPolicyNetworks,
      how: 'In full, with presets, and IPv4 addresses in every form of IPv6. Endpoints with more than 2,000 addresses that contain IPv4 addresses are refused.',
    },
    EndpointSlice: {
      since: addresses,
      validation: forbidPolicyNetworks,
      how: 'The same, also in EndpointSlices of addressType FQDN.',
    },
  },
  'forbidden-port': {
    Endpoints: { since: stable, validation: forbidPorts, how: 'In full, with presets. No ports mean every port.' },
    EndpointSlice: { since: stable, validation: forbidPorts, how: 'The same, and so do the ports null and 0.' },
  },
  'fqdn-address': { EndpointSlice: { since: stable, validation: forbidNames, how: 'In full.' } },
  'service-external-ip': { Service: { since: addresses, validation: forbidExternalIPs, how: 'In full.' } },
  'service-external-name': {
    Service: { since: stable, validation: forbidExternalNames, how: 'In full: API servers take names in ASCII alone.' },
  },
  'service-target-port': { Service: { since: stable, validation: forbidTargetPorts, how: 'In full, with presets.' } },
};

import type { Kind } from '../endpoints/view.ts';
import type { DocumentedRule } from '../rules/rule.ts';
import { addressesOutside, noNames, ordinaryAddresses, readableAddresses } from './addresses.ts';
import type { CelValidation, CheckInput } from './cel-validation.ts';
import { portsInRange, portsOutside, protocolsAllowed } from './ports.ts';
import { fieldPaths, noResourceVersion, readyOrNotReady, someAddress, somePort, someSubset } from './subsets.ts';

/** What enforces a rule while no webhook pod answers: a ValidatingAdmissionPolicy, the API server's own validation, or nothing. */
export type Coverage =
  | {
      /** The oldest minor of Kubernetes 1 whose API server takes the expressions. */
      readonly since: number;
      readonly validation: (asked: CheckInput) => CelValidation;
      /** What the policy checks, and what it leaves to the API server; capital, full stop. */
      readonly how: string;
    }
  | { readonly builtIn: string }
  | { readonly webhookOnly: string };

/** VAP is stable. */
const stable = 30;
/** `ip`, `isIP` and `cidr`: known to 1.30, and taken in new policies by the minor after. */
const addresses = 31;
/** `transformMapEntry`: known to 1.32, and taken in new policies by the minor after. */
const maps = 33;

const validated = (what: string) => ({ builtIn: `The API server's own validation refuses ${what}.` });

/** What is known of a rule and a kind that it judges. Throws where nobody has said it. */
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
      validation: readableAddresses,
      how: 'Addresses with leading zeros, zones or IPv4-mapped, which API servers before 1.36 take. Types are decoded by the API server.',
    },
    EndpointSlice: {
      since: addresses,
      validation: readableAddresses,
      how: 'The same; that addresses are of the family of addressType, the API server validates.',
    },
  },
  'object-name': { Endpoints: validated('such names') },
  'subsets-required': { Endpoints: { since: stable, validation: someSubset, how: 'In full.' } },
  'addresses-required': { Endpoints: { since: stable, validation: someAddress, how: 'In full.' } },
  'ports-required': { Endpoints: { since: stable, validation: somePort, how: 'In full.' } },
  'special-address': {
    Endpoints: {
      since: addresses,
      validation: ordinaryAddresses,
      how: 'Those written inside IPv6 addresses. All others the API server validates.',
    },
    EndpointSlice: {
      since: addresses,
      validation: ordinaryAddresses,
      how: 'Those written inside IPv6 addresses, and those in slices of names. All others the API server validates.',
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
      validation: portsInRange,
      how: 'In full: of a slice the API server does not check it.',
    },
  },
  protocol: { Endpoints: { since: stable, validation: protocolsAllowed, how: 'In full.' } },
  'ready-and-not-ready': {
    Endpoints: {
      since: maps,
      validation: readyOrNotReady,
      how: 'In full, as addresses and not as text. Where a subset has more than 100,000 pairs of a ready and a not ready address, it must not name a ready one twice.',
    },
  },
  'target-resource-version': { Endpoints: { since: stable, validation: noResourceVersion, how: 'In full.' } },
  'target-field-path': { Endpoints: { since: stable, validation: fieldPaths, how: 'In full.' } },
  'forbidden-network': {
    Endpoints: {
      since: addresses,
      validation: addressesOutside,
      how: 'In full, with presets, and IPv4 addresses in every form of IPv6.',
    },
    EndpointSlice: { since: addresses, validation: addressesOutside, how: 'The same, also in slices of names.' },
  },
  'forbidden-port': {
    Endpoints: { since: stable, validation: portsOutside, how: 'In full, with presets.' },
    EndpointSlice: { since: stable, validation: portsOutside, how: 'The same; null is every port.' },
  },
  'fqdn-address': { EndpointSlice: { since: stable, validation: noNames, how: 'In full.' } },
};

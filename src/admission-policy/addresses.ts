import { parseNetwork } from '../endpoints/network.ts';
import { type NetworkPreset, presetNetworks } from '../rules/presets/networks.ts';
import { specialRanges } from '../rules/special-address.ts';
import { among, type CelValidation, type CheckInput, quoted } from './cel-validation.ts';
import { forbidDisguised, forbidNetworks } from './network-expressions.ts';

/** Addresses are canonical: the CEL of Kubernetes reads them as strictly as we do. */
export function requireCanonicalAddresses({ fields }: CheckInput): CelValidation {
  const unread = among('variables.addresses', `!isIP(${fields.text('a')})`);
  const list = fields.hasAddressType ? `object.addressType != "FQDN" ? ${unread} : []` : unread;
  const problem = (found: string) => `${quoted(fields.text(`${found}[0][0]`))} + " is not a canonical IP address"`;
  return { variables: [fields.addresses], violationLists: [{ list, field: fields.addressField, problem }] };
}

/** No EndpointSlice of addressType FQDN has addresses. */
export function forbidNames({ fields }: CheckInput): CelValidation {
  const list = 'object.addressType == "FQDN" ? variables.addresses.filter(l, size(l) > 0) : []';
  const problem = (found: string) =>
    `${quoted(`${found}[0][0]`)} + " is in an EndpointSlice of addressType FQDN, and a name can mean any address at any time"`;
  return { variables: [fields.addresses], violationLists: [{ list, field: fields.addressField, problem }] };
}

/** The special addresses that the API server does not refuse by itself. */
export function forbidSpecialAddresses(input: CheckInput): CelValidation {
  return forbidDisguised(input, specialRanges, 'the special address range');
}

/** Addresses outside the networks of a policy and its presets. */
export function forbidPolicyNetworks(input: CheckInput): CelValidation {
  const own = input.parameters.networks as readonly string[];
  const presets = input.parameters.presets as readonly NetworkPreset[];
  const texts = [...own, ...presets.flatMap((name) => presetNetworks[name])];
  return forbidNetworks(input, texts.map(parseNetwork), 'the forbidden network');
}

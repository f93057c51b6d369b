import type { Address } from '../endpoints/address.ts';
import { formatAddress } from '../endpoints/network.ts';
import type { NetworkEvidence } from './evidence.ts';
import { comment } from './lines.ts';
import { networkLines } from './network-lines.ts';
import type { Suggestion } from './suggestion.ts';

/** The rules of profile ownership, as lines below `rules:`. */
export function ownershipRules(suggestion: Suggestion, evidence: NetworkEvidence): readonly string[] {
  return [
    '  foreign-pod:',
    '    enforcement: deny',
    ...trustLines(evidence),
    '  unclaimed-address:',
    '    enforcement: deny',
    ...podLines(suggestion),
    '  service-address:',
    '    enforcement: deny',
    ...serviceLines(suggestion),
    '  node-address:',
    ...comment(machinesText(suggestion.machines), 4),
    '    enforcement: deny',
    '  forbidden-network:',
    ...comment('No networks of pods here: what this rule forbids is refused, whoever has the address.', 4),
    '    networks: []',
    '    presets: [cloud-metadata]',
  ];
}

function trustLines({ hasKnative }: NetworkEvidence): readonly string[] {
  if (!hasKnative) return [];
  return [
    ...comment('knative-serving has pods: the activator is listed in Endpoints of tenants. To allow it everywhere:', 4),
    ...comment('trust: [{ from: ["*"], to: [knative-serving] }]', 4),
  ];
}

const namedByNodes = 'Nothing but the Nodes may name networks of pods: the preset knows these.';
const letThrough = 'No network is known to hold pods alone: addresses that nobody has are let through.';

function podLines({ pods, nodePods }: Suggestion): readonly string[] {
  return [
    ...networkLines(4, pods, nodePods.isUsed ? namedByNodes : letThrough),
    ...comment(`${capital(nodePods.note)}.`, 4),
    `    presets: [${nodePods.isUsed ? 'node-pod-cidrs' : ''}]`,
  ];
}

function serviceLines({ services, serviceCidrs }: Suggestion): readonly string[] {
  const known = serviceCidrs.map(({ network, sources }) => `${network.text} (${sources.join(', ')})`);
  const names = new Set(serviceCidrs.map(({ network }) => network.text));
  const listed = services.listed.filter(({ network }) => !names.has(network.text));
  const none = known.length > 0 ? 'What the preset knows need not be listed.' : 'No network of Services is known.';
  return [
    ...networkLines(4, { ...services, listed }, none),
    ...comment(known.length > 0 ? `Of the cluster: ${known.join(', ')}.` : 'No ServiceCIDR was seen.', 4),
    '    presets: [service-cidrs]',
  ];
}

function machinesText(machines: readonly Address[]): string {
  if (machines.length === 0) return 'No Node was seen.';
  const shown = machines.slice(0, 8).map(formatAddress).join(', ');
  return `Addresses of Nodes and API servers today: ${shown}${machines.length > 8 ? ` and ${machines.length - 8} more` : ''}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

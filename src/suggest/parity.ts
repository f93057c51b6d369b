import type { Address } from '../endpoints/address.ts';
import { networkAround } from '../endpoints/network.ts';
import type { Choice } from './choice.ts';
import { cover } from './cover.ts';
import { mergeNamed, type NamedNetwork, outermost } from './named-network.ts';
import { networkLines } from './network-lines.ts';
import type { Suggestion } from './suggestion.ts';

/** The rules of profile parity, as lines below `rules:`. */
export function parityRules(suggestion: Suggestion): readonly string[] {
  return [
    '  forbidden-network:',
    '    enforcement: deny',
    ...networkLines(4, everythingStatic(suggestion), 'No network is known: nothing but metadata is forbidden.'),
    '    presets: [cloud-metadata]',
  ];
}

/** Each address of a machine by itself: others that nobody asked about may lie between them. */
const maxMachines = 64;

function everythingStatic({ pods, services, nodePods, serviceCidrs, machines }: Suggestion): Choice {
  const isFew = machines.length <= maxMachines;
  const single = machines.map((address) => networkAround(address, address.family === 'IPv4' ? 32 : 128));
  const all: readonly NamedNetwork[] = [
    ...pods.listed,
    ...nodePods.covers,
    ...services.listed,
    ...serviceCidrs,
    ...(isFew ? single.map((network) => ({ network, sources: ['a Node or an API server, as of today'] })) : []),
  ];
  const excesses = [pods.excess, services.excess, isFew ? undefined : machinesText(machines)];
  const excess = excesses.filter((text) => text !== undefined).join('; ');
  return {
    listed: outermost(mergeNamed(all)),
    left: [...pods.left, ...services.left],
    excess: excess === '' ? undefined : excess,
  };
}

function machinesText(machines: readonly Address[]): string {
  const networks = cover(machines).map(({ text }) => text);
  const where = networks.length <= 8 ? `, which lie in ${networks.join(', ')}` : '';
  return `${machines.length} addresses of Nodes and API servers${where}`;
}

import { type Network, networkAround, readNetwork } from '../endpoints/network.ts';

/** A network, and what in the cluster says that it is one: text for people. */
export interface NamedNetwork {
  readonly network: Network;
  readonly sources: readonly string[];
}

/** The networks among some values, which may be lists with commas or blanks between them. Whatever is none is passed over. */
export function nameNetworks(values: readonly unknown[], source: string): readonly NamedNetwork[] {
  const texts = values.flatMap((value) => (typeof value === 'string' ? value.split(/[\s,]+/) : []));
  return texts.flatMap((text) => {
    const network = readNetwork(text);
    return network ? { network: networkAround(network.first, network.prefix), sources: [source] } : [];
  });
}

/** Each network once, with all its sources. */
export function mergeNamed(named: readonly NamedNetwork[]): readonly NamedNetwork[] {
  const groups = Map.groupBy(named, ({ network }) => network.text);
  return [...groups.values()].map((same) => ({
    network: (same[0] as NamedNetwork).network,
    sources: [...new Set(same.flatMap(({ sources }) => sources))],
  }));
}

/** Without those that lie inside another one. */
export function outermost<N extends { readonly network: Network }>(named: readonly N[]): readonly N[] {
  const isInside = (inner: Network, outer: Network) => inner.prefix > outer.prefix && outer.contains(inner.first);
  return named.filter(({ network }) => !named.some((other) => isInside(network, other.network)));
}

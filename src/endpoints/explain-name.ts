import { nearestDnsLabel } from './dns.ts';

/** The remedy for a name that the Service has too, where it is nearly a DNS label; nothing where it is not. */
export function nameRemedy(name: string): { readonly remedy?: string } {
  const label = nearestDnsLabel(name);
  return label ? { remedy: `write "${label}", here and in the Service` } : {};
}

import type { Address } from '../endpoints/address.ts';
import type { ReadEmbedded } from '../endpoints/embedded-ipv4.ts';
import type { Finding } from '../endpoints/finding.ts';
import { matchAddress } from '../endpoints/match-address.ts';
import { quote } from '../endpoints/quote.ts';
import type { Subset } from '../endpoints/view.ts';

/** Where addresses are, and what stands for all of them. */
export const addressFields = [
  'subsets',
  'endpoints',
  'subsets[*].addresses[*].ip',
  'subsets[*].notReadyAddresses[*].ip',
  'endpoints[*].addresses[*]',
];

/** A finding, and which address it is about: the one that is listed, or an IPv4 address inside it. */
interface Found {
  readonly finding: Finding;
  readonly address: Address;
}

/** The addresses of which `find` says something, or of an IPv4 address that is written inside them. */
export function* findAddresses(
  { addresses }: Subset,
  find: (address: Address) => string | undefined,
  readEmbedded: ReadEmbedded,
): Iterable<Found> {
  for (const one of addresses) {
    const match = matchAddress(one.address, find, readEmbedded);
    if (match)
      yield {
        finding: { path: one.path.steps, message: `${quote(one.text)} ${match.problem}` },
        address: match.address,
      };
  }
}

/** For a finding whose address has to be asked for. The address of an item is another one a step later. */
export function withHolder({ finding, address }: Found): Finding {
  const holderOf = address.family === 'IPv4' ? { ...address } : { ...address, hextets: [...address.hextets] };
  return { ...finding, holderOf };
}

import * as z from 'zod';
import { addressKey } from '../endpoints/address.ts';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const readyAndNotReady = defineRule({
  id: 'ready-and-not-ready',
  title: 'No address is both ready and not ready in one subset.',
  why: `
    For the ports of one subset an address either takes traffic or does not; with both, readers disagree. Addresses are compared
    as addresses, not as text. The same address in different subsets is fine: that is how ports differ in readiness.
  `,
  remedy:
    'keep the address in "addresses" or in "notReadyAddresses", or give the ports that differ a subset of their own',
  source: endpointsDocument('table 2, subsets'),
  example: {
    Endpoints: {
      subsets: [{ addresses: [{ ip: '10.1.2.3' }], notReadyAddresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }],
    },
  },
  fields: ['subsets[*].notReadyAddresses[*].ip'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { addresses } of subsets) {
      if (addresses.at(0)?.ready === addresses.at(-1)?.ready) continue; // ready ones come first: all are alike
      const readyKeys = new Set<number | string>();
      for (const one of addresses) {
        const { address, ready } = one;
        if (address && ready) readyKeys.add(addressKey(address));
        else if (address && readyKeys.has(addressKey(address)))
          yield { path: one.path.steps, message: `${quote(one.text)} is in "addresses" of this subset too` };
      }
    }
  },
});

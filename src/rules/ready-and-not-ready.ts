import * as z from 'zod';
import { addressKey } from '../endpoints/address.ts';
import { quote } from '../endpoints/finding.ts';
import type { EndpointAddress } from '../endpoints/view.ts';
import { defineRule } from './rule.ts';

export const readyAndNotReady = defineRule({
  id: 'ready-and-not-ready',
  title: 'No address is both ready and not ready in one subset.',
  why: `
    For the ports of one subset an address either takes traffic or does not; with both, readers disagree. Addresses are compared
    as addresses, not as text. The same address in different subsets is fine: that is how ports differ in readiness.
  `,
  remedy:
    'keep the address in "addresses" or in "notReadyAddresses", or give the ports that differ a subset of their own',
  source: 'Creating an Endpoints Object, table 2, subsets',
  fields: ['subsets[*].notReadyAddresses[*].ip'],
  enforcement: 'deny',
  operations: 'create-and-update',
  parameters: z.strictObject({}),
  *check({ groups }) {
    for (const { addresses } of groups) {
      if (!addresses.some(({ ready }) => ready) || addresses.every(({ ready }) => ready)) continue;
      const readyKeys = new Set(addresses.filter(({ ready }) => ready).map(key));
      for (const item of addresses)
        if (!item.ready && item.address && readyKeys.has(key(item)))
          yield { path: item.at.path, message: `${quote(item.text)} is in "addresses" of this subset too` };
    }
  },
});

function key({ address, text }: EndpointAddress): number | string {
  return address ? addressKey(address) : text;
}

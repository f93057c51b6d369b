import * as z from 'zod';
import { parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { textReadBy } from './rule.ts';

/** A parameter of each rule that looks into IPv6 addresses. */
export const nat64Prefixes = z
  .array(textReadBy(parseNat64Prefix))
  .default([])
  .describe(
    'IPv6 networks of 32 to 96 bits with which your translators (NAT64) begin IPv4 addresses; each rule that has this parameter has its own list.',
  );

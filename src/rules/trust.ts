import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { matchesPattern } from './pattern.ts';

/** A name of namespaces, or a pattern. */
export const namespacePattern = z
  .string()
  .regex(/^[a-z0-9*-]+$/, {
    error: ({ input }) =>
      `${quote(input)} can match no namespace: names have lower-case letters, digits and "-" only, and * matches any run`,
  })
  .describe('A name; * matches any run of characters.');

const namespaces = (what: string) => z.array(namespacePattern).min(1).describe(what);

/** A parameter of rules about what other namespaces have. */
export const trust = z
  .array(
    z.strictObject({
      from: namespaces('Namespaces of the objects that are written.'),
      to: namespaces('Namespaces whose addresses these may list.'),
    }),
  )
  .default([])
  .describe(
    'Entries with from and to, names of namespaces: objects in those of from may list what those of to have, and not the other way round.',
  );

type Trust = z.output<typeof trust>;

/** Whether objects of one namespace may list what another has. */
export type IsTrusted = (from: string, to: string) => boolean;

export function createTrust(entries: Trust): IsTrusted {
  const matches = (patterns: readonly string[], name: string) => patterns.some((one) => matchesPattern(one, name));
  return (from, to) => entries.some((entry) => matches(entry.from, from) && matches(entry.to, to));
}

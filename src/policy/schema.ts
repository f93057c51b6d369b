import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { rules } from '../rules/index.ts';
import { anyAccountPatterns } from './any-account.ts';
import { parseDuration } from './duration.ts';
import { namespaceSettings, ruleSettings } from './settings-schema.ts';

const cacheTtl = z.string().superRefine((text, context) => {
  const milliseconds = parseDuration(text) ?? -1;
  if (milliseconds < 0 || milliseconds > 10_000)
    context.addIssue({ code: 'custom', message: `${quote(text)} is not a duration from 0s to 10s` });
});

/** Milliseconds of a duration that the schema has let through. */
export function millisecondsOf(duration: string): number {
  return parseDuration(duration) ?? 0;
}

/** What a policy may say of rights that `*` grants. */
export const wildcardChoices = ['count', 'cluster', 'never'] as const;

/** What a policy may say of objects that cannot be judged, because the state of the cluster is not known. */
export const unknownChoices = ['deny', 'warn'] as const;

const staleAfter = z.string().superRefine((text, context) => {
  const milliseconds = parseDuration(text) ?? -1;
  if (milliseconds < 1000 || milliseconds > 60_000)
    context.addIssue({ code: 'custom', message: `${quote(text)} is not a duration from 1s to 1m` });
});

const switchable = (what: string) =>
  z
    .strictObject({ enabled: z.boolean().default(true) })
    .prefault({})
    .describe(what);

/** Helm renders nothing at all of a policy with such characters, and no requester has any. */
const printable = z
  .string()
  .min(1)
  .regex(/^[^\x00-\x1f\x7f-\x9f]*$/, 'has a control character, which no name has');

const patterns = (what: string) =>
  z.array(printable).min(1).optional().describe(`${what}; * matches any run of characters.`);

const anyAccountMessage = (pattern: string) =>
  `${quote(pattern)} matches service accounts in namespaces that it does not name, and whoever may create one there would be exempt: write the namespace, or add "namespaces" to the entry`;

const exemption = z
  .strictObject({
    users: patterns('User names'),
    groups: patterns('Groups of the user'),
    namespaces: patterns('Namespaces of the request'),
    rules: z
      .array(z.enum(rules.map(({ id }) => id)))
      .min(1)
      .optional()
      .describe('The rules from which they are exempt; if absent, all but well-formed.'),
  })
  .refine(({ users, groups, namespaces }) => users ?? groups ?? namespaces, {
    message: 'names neither users nor groups nor namespaces, and would exempt everybody',
  })
  .superRefine((entry, context) => {
    for (const { list, index, pattern } of anyAccountPatterns(entry))
      context.addIssue({ code: 'custom', path: [list, index], message: anyAccountMessage(pattern) });
  })
  .meta({ anyOf: ['users', 'groups', 'namespaces'].map((list) => ({ required: [list] })) })
  .describe('Who is exempt. All of users, groups and namespaces that are given must match.');

const needing = rules.filter((rule) => rule.needs).map(({ id }) => id);

const exemptible = rules.filter((rule) => rule.exemptibleByRbac).map(({ id }) => id);

/** The policy file, as people write it. */
export const policySchema = z
  .strictObject({
    apiVersion: z.literal('endpoints-webhook.io/v1alpha1'),
    kind: z.literal('Policy'),
    mode: z
      .enum(['enforce', 'audit'])
      .default('enforce')
      .describe('audit: whatever a rule says, it is at most audited. Nothing is refused, nobody is warned.'),
    rules: ruleSettings,
    namespaces: z
      .array(namespaceSettings)
      .default([])
      .describe('What is different in some namespaces. All entries that match apply, in order.'),
    defaults: z
      .strictObject({
        protocol: switchable('Adds protocol: TCP to every port without one.'),
        'pack-subsets': switchable('On CREATE, merges subsets that share the same ports or the same addresses.'),
      })
      .prefault({})
      .describe('What the mutating webhook fills in.'),
    exempt: z.array(exemption).default([]).describe('Who is exempt from which rules.'),
    authorization: z
      .strictObject({
        cacheTTL: cacheTtl
          .default('10s')
          .describe(
            'How long an answer of the cluster that exempts a user is kept, from 0s (it is asked each time) to 10s.',
          ),
        wildcards: z
          .enum(wildcardChoices)
          .default('count')
          .describe(
            'Whether a role with resources: ["*"] exempts: count, always; cluster, where it holds in all namespaces; never.',
          ),
      })
      .prefault({})
      .describe(
        `RBAC exemptions: users who may create the restricted subresource are exempt from ${exemptible.join(', ')}.`,
      ),
    cluster: z
      .strictObject({
        whenUnknown: z
          .enum(unknownChoices)
          .default('deny')
          .describe('What becomes of objects for which the cluster is not known and cannot be asked: deny or warn.'),
        staleAfter: staleAfter
          .default('5s')
          .describe(
            'For how long what is known counts once the cluster can no longer be followed, from 1s to 1m. Then it is read anew for each object.',
          ),
      })
      .prefault({})
      .describe(`What is known of the cluster, for ${needing.join(', ')}.`),
  })
  .meta({
    $id: 'urn:endpoints-webhook:policy:v1alpha1',
    title: 'endpoints-webhook policy',
    description: 'What endpoints-webhook demands of Endpoints, what it fills in, and who is exempt.',
  });

/** A policy file with every default written. */
export type PolicySource = z.output<typeof policySchema>;

import * as z from 'zod';
import { rules } from '../rules/index.ts';
import { type Enforcement, enforcements } from '../rules/rule.ts';
import { wellFormed } from '../rules/well-formed.ts';

const enforcement = (value: Enforcement) =>
  z.enum(enforcements).default(value).describe('deny, warn the user, audit (log and count, tell nobody), or none.');

const ruleSettings = z
  .strictObject({
    [wellFormed.id]: z
      .strictObject({ enforcement: z.literal('deny').default('deny').describe('Cannot be switched off.') })
      .prefault({})
      .describe(wellFormed.title),
    ...Object.fromEntries(
      rules.map((rule) => [
        rule.id,
        z
          .strictObject({ enforcement: enforcement(rule.enforcement), ...rule.parameters.shape })
          .prefault({})
          .describe(rule.title),
      ]),
    ),
  })
  .prefault({})
  .describe('What is demanded, and what a violation leads to.');

const switchable = (what: string) =>
  z
    .strictObject({ enabled: z.boolean().default(true) })
    .prefault({})
    .describe(what);

const patterns = (what: string) => z.array(z.string().min(1)).min(1).optional().describe(`${what}; * matches any run.`);

const exemption = z
  .strictObject({
    users: patterns('User names'),
    groups: patterns('Groups of the user'),
    namespaces: patterns('Namespaces of the request'),
    rules: z
      .array(z.enum(rules.map(({ id }) => id)))
      .min(1)
      .optional()
      .describe('The rules that do not bind them; all but well-formed where absent.'),
  })
  .refine(({ users, groups, namespaces }) => users ?? groups ?? namespaces, {
    message: 'names neither users nor groups nor namespaces, and would exempt everybody',
  })
  .meta({ anyOf: ['users', 'groups', 'namespaces'].map((list) => ({ required: [list] })) })
  .describe('Whom rules do not bind. All of users, groups and namespaces that are given must match.');

/** The policy file, as people write it. */
export const policySchema = z
  .strictObject({
    apiVersion: z.literal('endpoints-webhook.io/v1'),
    kind: z.literal('Policy'),
    mode: z
      .enum(['enforce', 'audit'])
      .default('enforce')
      .describe('audit: whatever a rule says, it is at most audited. Nothing is refused, nobody is warned.'),
    rules: ruleSettings,
    defaults: z
      .strictObject({
        protocol: switchable('Adds protocol: TCP to every port without one.'),
        'pack-subsets': switchable('On CREATE, merges subsets that share the same ports or the same addresses.'),
      })
      .prefault({})
      .describe('What the mutating webhook fills in.'),
    exempt: z.array(exemption).default([]).describe('Whom which rules do not bind.'),
  })
  .meta({
    $id: 'https://endpoints-webhook.io/policy.schema.json',
    title: 'endpoints-webhook policy',
    description: 'What endpoints-webhook demands of Endpoints, what it fills in, and whom it does not bind.',
  });

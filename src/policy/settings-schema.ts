import * as z from 'zod';
import { rules } from '../rules/index.ts';
import { enforcements, type Rule } from '../rules/rule.ts';
import { namespacePattern } from '../rules/trust.ts';
import { wellFormed } from '../rules/well-formed.ts';

const enforcement = z.enum(enforcements);
const enforcementMeaning = 'deny, warn the user, audit (log and count, tell nobody), or none.';
const deny = z.literal('deny');
const denyMeaning = 'Cannot be switched off.';

/** What a policy says of each rule. */
export const ruleSettings = z
  .strictObject({
    [wellFormed.id]: z
      .strictObject({ enforcement: deny.default('deny').describe(denyMeaning) })
      .prefault({})
      .describe(wellFormed.title),
    ...Object.fromEntries(
      rules.map((rule) => [
        rule.id,
        z
          .strictObject({
            enforcement: enforcement.default(rule.enforcement).describe(enforcementMeaning),
            ...ownParameters(rule),
          })
          .prefault({})
          .describe(rule.title),
      ]),
    ),
  })
  .prefault({})
  .describe('What is demanded, and what a violation leads to.');

/** The same without defaults: what an entry does not say stays as it is in `rules`. */
const partialSettings = z
  .strictObject({
    [wellFormed.id]: z
      .strictObject({ enforcement: deny.optional().describe(denyMeaning) })
      .optional()
      .describe(wellFormed.title),
    ...Object.fromEntries(
      rules.map((rule) => [
        rule.id,
        z
          .strictObject({
            enforcement: enforcement.optional().describe(enforcementMeaning),
            ...Object.fromEntries(Object.entries(ownParameters(rule)).map(([name, type]) => [name, optional(type)])),
          })
          .optional()
          .describe(rule.title),
      ]),
    ),
  })
  .describe('What is different there. If several matching entries give the same setting, the last one wins.');

function ownParameters({ parametersOf, parameters }: Rule): z.ZodRawShape {
  return parametersOf === undefined ? parameters.shape : {};
}

/** A parameter without its default. */
function optional(type: z.core.$ZodType): z.ZodType {
  const { description = '' } = z.globalRegistry.get(type) ?? {};
  return z.optional(type instanceof z.ZodDefault ? type.unwrap() : type).describe(description);
}

/** What it says of some namespaces. */
export const namespaceSettings = z
  .strictObject({
    match: z.array(namespacePattern).min(1).describe('Namespaces by their names; labels do not matter.'),
    rules: partialSettings,
  })
  .describe('What is different in some namespaces.');

import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readPolicy } from '../../src/commands/policy-file.ts';
import { parseDocuments } from '../../src/commands/yaml-source.ts';
import { fieldsOf } from '../../src/endpoints/fields.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { tenant } from '../e2e/support/names.ts';
import { goodObjects } from '../e2e/support/objects.ts';
import { type Case, defaultPolicy } from './case.ts';

const policies = new Map<string, Policy>();

/** Each file of the corpus: created, put in place of an object that breaks no rule, and put in place of itself. */
export function corpusCases(): readonly Case[] {
  return globSync('test/corpus/*/*/*.yaml').sort().flatMap(casesOf);
}

function casesOf(file: string): readonly Case[] {
  const kind = basename(file).startsWith('slice-') ? 'EndpointSlice' : 'Endpoints';
  const object = parseDocuments(readFileSync(file, 'utf8'))[0]?.value;
  const { name } = fieldsOf(fieldsOf(object).metadata);
  const title = file.slice('test/corpus/'.length, -'.yaml'.length);
  const who = { user: tenant.user, groups: tenant.groups ?? [], namespace: 'default' };
  const created = {
    title,
    policy: policyOf(file),
    kind,
    name: String(name),
    ...who,
    operation: 'CREATE',
    object,
  } as const;
  const updated = { ...created, operation: 'UPDATE' } as const;
  return [
    created,
    { ...updated, title: `${title}, in place of a good one`, oldObject: goodObjects[kind](String(name)) },
    { ...updated, title: `${title}, in place of itself`, oldObject: object },
  ];
}

function policyOf(file: string): Policy {
  const own = `${dirname(dirname(file))}/policy.yaml`;
  if (!existsSync(own)) return defaultPolicy;
  const policy = policies.get(own) ?? readPolicy(own);
  policies.set(own, policy);
  return policy;
}

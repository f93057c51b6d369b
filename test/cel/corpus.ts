import { readFileSync } from 'node:fs';
import { fieldsOf } from '../../src/json/fields.ts';
import { parseDocuments } from '../../src/manifests/yaml-source.ts';
import { type Policy, parsePolicy } from '../../src/policy/policy.ts';
import { tenant } from '../e2e/support/names.ts';
import { goodObjects } from '../e2e/support/objects.ts';
import { fixturePolicy, fixturesOf, kindOf, ruleOf } from '../support/corpus.ts';
import type { Case } from './case.ts';

const policies = new Map<string, Policy>();

/**
 * Each file of the corpus whose rule need not know the cluster: created, put in place of an object that breaks no rule, and put in place of
 * itself.
 */
export function corpusCases(): readonly Case[] {
  return fixturesOf('without a cluster').flatMap(casesOf);
}

/** The files whose rule has to know the cluster, and the policies by which they are judged. */
export function clusterCases(): readonly Case[] {
  return fixturesOf('in a cluster').flatMap(casesOf);
}

function casesOf(file: string): readonly Case[] {
  const kind = kindOf(file);
  const object = [...parseDocuments(readFileSync(file, 'utf8'))][0]?.value;
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
  const rule = ruleOf(file);
  const known = policies.get(rule);
  if (known) return known;
  const { policy } = parsePolicy(fixturePolicy(rule));
  if (!policy) throw new Error(`the policy of test/corpus/${rule} cannot be read`);
  policies.set(rule, policy);
  return policy;
}

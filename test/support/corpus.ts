import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Kind } from '../../src/endpoints/view.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { parseDocuments } from '../../src/manifests/yaml-source.ts';
import { defaultPolicySource } from '../../src/policy/policy.ts';
import { rules } from '../../src/rules/index.ts';

// One fixture a file, test/corpus/<rule>/<accept|reject>/<what-it-shows>.yaml; slices are in those that begin with `slice-`, Services with `service-`.

export function fixtureFiles(): readonly string[] {
  return globSync('test/corpus/*/*/*.yaml').sort();
}

/** Those of rules that have to know the cluster, or those of all others. */
export function fixturesOf(rules: 'in a cluster' | 'without a cluster'): readonly string[] {
  return fixtureFiles().filter((file) => (clusterFileOf(ruleOf(file)) !== undefined) === (rules === 'in a cluster'));
}

export function ruleOf(fixture: string): string {
  return basename(dirname(dirname(fixture)));
}

export function kindOf(fixture: string): Kind {
  const name = basename(fixture);
  if (name.startsWith('service-')) return 'Service';
  return name.startsWith('slice-') ? 'EndpointSlice' : 'Endpoints';
}

/** The policy file beside a rule's fixtures; `undefined` where there is none. */
export function policyFileOf(rule: string): string | undefined {
  const file = `test/corpus/${rule}/policy.yaml`;
  return existsSync(file) ? file : undefined;
}

/** The file beside the fixtures of a rule that has to know the cluster, with the objects of that cluster; `undefined` where there is none. */
export function clusterFileOf(rule: string): string | undefined {
  const file = `test/corpus/${rule}/cluster.yaml`;
  return existsSync(file) ? file : undefined;
}

/** The objects of the cluster in which a rule's fixtures are judged; `undefined` for a rule that has to know none. */
export function fixtureCluster(rule: string): readonly unknown[] | undefined {
  const file = clusterFileOf(rule);
  if (file === undefined) return undefined;
  return [...parseDocuments(readFileSync(file, 'utf8'))].map(({ value }) => value);
}

/** The policy of a rule's fixtures: all other rules but `well-formed` are off, unless the policy file says otherwise. */
export function fixturePolicy(rule: string): object {
  const file = policyFileOf(rule);
  const written = fieldsOf(file && [...parseDocuments(readFileSync(file, 'utf8'))][0]?.value);
  const others = rules.filter(({ id }) => id !== rule).map(({ id }) => [id, { enforcement: 'none' }]);
  return {
    ...defaultPolicySource,
    ...written,
    rules: { ...Object.fromEntries(others), ...fieldsOf(written.rules) },
  };
}

import { readFileSync } from 'node:fs';
import type { Kind } from '../../../src/endpoints/view.ts';
import { fieldsOf, isFields } from '../../../src/json/fields.ts';
import { readPolicy } from '../../../src/manifests/policy-file.ts';
import { parseDocuments } from '../../../src/manifests/yaml-source.ts';
import { judge } from '../../../src/review/judge.ts';
import { rules } from '../../../src/rules/index.ts';
import { fixturesOf, kindOf, policyFileOf, ruleOf } from '../../support/corpus.ts';
import { api } from './api.ts';
import { pathOf, tenant } from './names.ts';
import { ourTag } from './objects.ts';

/** One file of the corpus, and what the rules say of it without a cluster. */
export interface Fixture {
  /** Below test/corpus, without its ending. */
  readonly name: string;
  readonly rule: string;
  readonly kind: Kind;
  readonly text: string;
  readonly object: unknown;
  /** The policy file beside it; absent for the default policy. All rules judge here, as in a user's cluster, not its own alone. */
  readonly policy?: string;
  /** The rules that refuse it, in alphabetical order. */
  readonly denies: readonly string[];
}

/** What a cluster says of it. `rules`: those that our refusal names. */
export interface Verdict {
  readonly by: 'taken' | 'API server' | 'webhook';
  readonly status: number;
  readonly rules: readonly string[];
  readonly text: string;
}

/** Of all rules that need not know the cluster. */
export function fixtures(): readonly Fixture[] {
  return fixturesOf('without a cluster').map((file) => {
    const name = file.slice('test/corpus/'.length, -'.yaml'.length);
    const text = readFileSync(file, 'utf8');
    const object = [...parseDocuments(text)][0]?.value;
    const rule = ruleOf(file);
    const kind = kindOf(file);
    const policy = policyFileOf(rule);
    const { violations } = judge(readPolicy(policy), { kind, operation: 'CREATE', namespace: 'default', object });
    const denies = violations.filter(({ enforcement }) => enforcement === 'deny').map(({ rule }) => rule.id);
    return { name, rule, kind, text, object, ...(policy && { policy }), denies: [...new Set(denies)].sort() };
  });
}

/** What a policy file says, as values of the chart. */
export function policyValues(file: string | undefined): object {
  return file === undefined ? {} : { policy: [...parseDocuments(readFileSync(file, 'utf8'))][0]?.value };
}

/** The status code of a refusal by these rules: 403 where RBAC could exempt from each of them, so that only a permission is missing. */
export function statusOf(denies: readonly string[]): 403 | 422 {
  return denies.every((id) => rules.some((rule) => rule.id === id && rule.exemptibleByRbac)) ? 403 : 422;
}

/** Creates a fixture, dry, as a tenant of the namespace. */
export async function replay({ kind, object }: Fixture, namespace: string): Promise<Verdict> {
  const path = `${pathOf(kind, namespace)}?dryRun=All`;
  const { status, body, text } = await api().post(path, moveTo(namespace, object), { as: tenant });
  if (status === 201) return { by: 'taken', status, rules: [], text: '' };
  const causes = (body.details?.causes ?? []).map(({ message = '' }) => message);
  const named = causes.flatMap((message) => /\[endpoints-webhook: ([a-z-]+)\]$/.exec(message)?.[1] ?? []);
  const by = ourTag.test(text) ? 'webhook' : 'API server';
  return { by, status, rules: [...new Set(named)].sort(), text: `${status} ${body.message}` };
}

/** Fixtures are written as in namespace `default`, also where they name Services of their own. */
function moveTo(namespace: string, object: unknown): unknown {
  if (!isFields(object)) return object;
  const { metadata, spec } = object;
  const named = isFields(spec) && typeof spec.externalName === 'string' ? spec.externalName : undefined;
  return {
    ...object,
    ...(isFields(metadata) && typeof metadata.namespace === 'string' && { metadata: { ...metadata, namespace } }),
    ...(named && { spec: { ...fieldsOf(spec), externalName: named.replace(/\.default(?=\.|$)/, `.${namespace}`) } }),
  };
}

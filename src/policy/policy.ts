import type { Documentation, Enforcement, Rule } from '../rules/rule.ts';
import { explain, type PolicyFinding } from './explain.ts';
import { checksOf, type NamespaceSettings, namespaceChecks, type RuleSettings } from './namespaces.ts';
import { millisecondsOf, policySchema } from './schema.ts';

export { type PolicyFinding, policyFindingText } from './explain.ts';

/** Which demands are on, with which parameters, and whom they do not bind. */
export interface Policy {
  readonly mode: 'enforce' | 'audit';
  /** Without those that are `none`. They bind where the policy says nothing else of a namespace. */
  readonly checks: readonly Check[];
  /** The checks of a namespace of which the policy says something else; `undefined` for all others. */
  readonly namespaceChecks: (namespace: string) => readonly Check[] | undefined;
  /** What the checks were made of, for who says the same in another language. */
  readonly settings: { readonly rules: RuleSettings; readonly namespaces: readonly NamespaceSettings[] };
  readonly defaults: { readonly protocol: boolean; readonly packSubsets: boolean };
  readonly exempt: readonly Exemption[];
  readonly authorization: {
    /** How long a positive answer of the cluster is good for, 0 to 10,000; 0 asks anew each time. */
    readonly cacheTtlMilliseconds: number;
  };
}

export interface Check {
  readonly rule: Rule;
  readonly enforcement: Exclude<Enforcement, 'none'>;
  /** What the rule prepared from its parameters. */
  readonly prepared: Record<string, unknown>;
}

/** The checks that bind in a namespace. Only its name matters: whoever may label a namespace loosens nothing by it. */
export function checksFor({ checks, namespaceChecks }: Policy, namespace: string): readonly Check[] {
  return namespaceChecks(namespace) ?? checks;
}

/** Patterns in which `*` matches any run; all lists that are given must hold. No `rules`: all but well-formed. */
export interface Exemption {
  readonly users?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly rules?: readonly Documentation['id'][] | undefined;
}

export type PolicyResult =
  | { readonly policy: Policy; readonly findings?: never }
  | { readonly policy?: never; readonly findings: readonly PolicyFinding[] };

/** Reads a policy strictly: an unknown key, rule or value is a finding that names the nearest right one. */
export function parsePolicy(source: unknown): PolicyResult {
  const result = policySchema.safeParse(source);
  if (!result.success) return { findings: result.error.issues.flatMap((issue) => explain(issue, source)) };
  const { mode, rules, namespaces, defaults, exempt, authorization } = result.data;
  const { protocol, 'pack-subsets': packSubsets } = defaults;
  const checks = checksOf(rules);
  return {
    policy: {
      mode,
      checks,
      namespaceChecks: namespaceChecks(rules, checks, namespaces),
      settings: { rules, namespaces },
      defaults: { protocol: protocol.enabled, packSubsets: packSubsets.enabled },
      exempt,
      authorization: { cacheTtlMilliseconds: millisecondsOf(authorization.cacheTTL) },
    },
  };
}

/** A policy that says nothing. */
export const defaultPolicySource = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' } as const;

/** What holds without a policy file: the rules and defaults of the document “Creating an Endpoints Object”, and ours. */
export function defaultPolicy(): Policy {
  const { policy, findings } = parsePolicy(defaultPolicySource);
  if (!policy) throw new Error(`the default policy is refused: ${findings.map(({ message }) => message).join('; ')}`);
  return policy;
}

import { rules as allRules } from '../rules/index.ts';
import { type Check, checksOf, type RuleSettings } from './check.ts';
import { digestOf } from './digest.ts';
import type { Exemption } from './exemption.ts';
import { explain, type PolicyFinding } from './explain.ts';
import { type NamespaceSettings, resolveNamespaceChecks } from './namespaces.ts';
import {
  millisecondsOf,
  type PolicySource,
  policySchema,
  type unknownChoices,
  type wildcardChoices,
} from './schema.ts';

export type { Check } from './check.ts';
export type { Exemption } from './exemption.ts';
export { type PolicyFinding, policyFindingText } from './explain.ts';

/** Which rules are on, with which parameters, and who is exempt from them. */
export interface Policy {
  /** A policy file that says the same, with every default written. */
  readonly source: PolicySource;
  /** SHA-256 in hex of what it says, however it was written. */
  readonly digest: string;
  readonly mode: 'enforce' | 'audit';
  /** Rules that are not `none`, in all namespaces without settings of their own. */
  readonly checks: readonly Check[];
  /** The checks of a namespace with settings of its own; `undefined` for all others. */
  readonly namespaceChecks: (namespace: string) => readonly Check[] | undefined;
  /** The settings that the checks were built from; the CEL generator needs them. */
  readonly settings: { readonly rules: RuleSettings; readonly namespaces: readonly NamespaceSettings[] };
  readonly defaults: { readonly protocol: boolean; readonly packSubsets: boolean };
  readonly exempt: readonly Exemption[];
  /** Labels by which a data plane chooses what it serves, besides those that are known: an UPDATE that changes one is judged in full. */
  readonly extraServiceLabels: readonly string[];
  readonly authorization: {
    /** How long a positive answer of the cluster is kept, 0 to 10,000; with 0 it is asked each time. */
    readonly cacheTtlMilliseconds: number;
    readonly wildcards: Wildcards;
  };
  readonly cluster: {
    /** What becomes of an object that would be denied, where the state of the cluster is not known. */
    readonly whenUnknown: (typeof unknownChoices)[number];
    /** For how long what is known counts while the cluster cannot be followed, 1,000 to 60,000. */
    readonly staleAfterMilliseconds: number;
  };
}

/** Whether a right that `*` grants exempts: `count`, always; `cluster`, where it holds in all namespaces; `never`. */
export type Wildcards = (typeof wildcardChoices)[number];

/** The checks of a namespace. Only its name matters, so that the right to label a namespace loosens nothing. */
export function checksFor({ checks, namespaceChecks }: Policy, namespace: string): readonly Check[] {
  return namespaceChecks(namespace) ?? checks;
}

export type PolicyResult =
  | { readonly policy: Policy; readonly findings?: never }
  | { readonly policy?: never; readonly findings: readonly PolicyFinding[] };

/**
 * Reads a policy strictly: an unknown key, rule or value is a finding that names the nearest right one. `extraServiceLabels` are no part
 * of it: conditions of webhooks need them too.
 */
export function parsePolicy(source: unknown, extraServiceLabels: readonly string[] = []): PolicyResult {
  const result = policySchema.safeParse(source);
  if (!result.success) return { findings: explain(result.error.issues, source) };
  const { mode, defaults, exempt, authorization, cluster } = result.data;
  const rules = shareParameters(result.data.rules);
  const namespaces = result.data.namespaces.map((entry) => ({ ...entry, rules: shareParameters(entry.rules) }));
  const { protocol, 'pack-subsets': packSubsets } = defaults;
  const checks = checksOf(rules);
  return {
    policy: {
      source: result.data,
      digest: digestOf(result.data),
      mode,
      checks,
      namespaceChecks: resolveNamespaceChecks(rules, checks, namespaces),
      settings: { rules, namespaces },
      defaults: { protocol: protocol.enabled, packSubsets: packSubsets.enabled },
      exempt,
      extraServiceLabels,
      authorization: {
        cacheTtlMilliseconds: millisecondsOf(authorization.cacheTTL),
        wildcards: authorization.wildcards,
      },
      cluster: {
        whenUnknown: cluster.whenUnknown,
        staleAfterMilliseconds: millisecondsOf(cluster.staleAfter),
      },
    },
  };
}

/** Gives rules that take the parameters of others these. */
function shareParameters(settings: RuleSettings): RuleSettings {
  const shared = allRules.flatMap(({ id, parametersOf }) => {
    const { enforcement: _, ...parameters } = (parametersOf !== undefined && settings[parametersOf]) || {};
    return Object.keys(parameters).length > 0 ? [[id, { ...settings[id], ...parameters }] as const] : [];
  });
  return { ...settings, ...Object.fromEntries(shared) };
}

/** A policy file without settings. */
export const defaultPolicySource = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' } as const;

/** The policy without a policy file: the rules and defaults of “Creating an Endpoints Object”, and ours. */
export function defaultPolicy(): Policy {
  const { policy, findings } = parsePolicy(defaultPolicySource);
  if (!policy) throw new Error(`the default policy is refused: ${findings.map(({ message }) => message).join('; ')}`);
  return policy;
}

import { coverage } from '../../src/admission-policy/coverage.ts';
import { generatePolicies } from '../../src/admission-policy/generate-policies.ts';
import type { Kind } from '../../src/endpoints/view.ts';
import { allKinds } from '../../src/kinds/index.ts';
import type { Policy } from '../../src/policy/policy.ts';

// All that this folder knows of how policies are printed.

export const actions = ['Deny', 'Warn', 'Audit'] as const;

export type Action = (typeof actions)[number];

/** A ValidatingAdmissionPolicy with the action of its binding. */
export interface AdmissionPolicy {
  readonly kind: Kind;
  readonly action: Action;
  readonly object: object;
  /** Of each validation the rule that it belongs to; `bounded` where it is no rule's. */
  readonly rules: readonly string[];
  /** What validations say where their messageExpressions cannot be evaluated. */
  readonly messages: readonly string[];
}

/** What a policy is printed as for API servers of a minor, without the rules that they cannot express. */
export function admissionPoliciesOf(policy: Policy, minor: number): readonly AdmissionPolicy[] {
  const leaveOut = Object.keys(coverage).filter((id) => allKinds.some(({ kind }) => since(id, kind) > minor));
  const options = { name: 'cel', minor, leaveOut, exemptNamespaces: [], exemptUsers: [], annotations: {} };
  const { objects, problems } = generatePolicies(policy, options);
  if (problems) throw new Error(problems.join('\n'));
  return objects.filter(isAdmissionPolicy).map(described);
}

/** Whether a rule is checked in CEL by API servers of a minor. */
export function isExpressed(id: string, kind: Kind, minor: number): boolean {
  const known = coverage[id]?.[kind];
  return known !== undefined && 'since' in known && known.since <= minor;
}

function since(id: string, kind: Kind): number {
  const known = coverage[id]?.[kind];
  return known && 'since' in known ? known.since : 0;
}

interface Printed {
  readonly kind: 'ValidatingAdmissionPolicy';
  readonly metadata: { readonly name: string };
  readonly spec: { readonly validations: readonly { readonly message: string; readonly messageExpression?: string }[] };
}

function isAdmissionPolicy(object: object): object is Printed {
  return 'kind' in object && object.kind === 'ValidatingAdmissionPolicy';
}

function described(object: Printed): AdmissionPolicy {
  const { name } = object.metadata;
  const action = actions.find((one) => name.endsWith(`-${one.toLowerCase()}`));
  if (!action) throw new Error(`${name}: the name does not say with which action it is bound`);
  const kind = allKinds.find(({ resource }) => name.includes(`-${resource}-`))?.kind ?? 'Endpoints';
  const { validations } = object.spec;
  const rules = validations.map(({ message }) => ruleIn(message));
  const messages = validations.flatMap(({ message, messageExpression }) => (messageExpression ? [message] : []));
  return { kind, action, object, rules, messages };
}

function ruleIn(message: string): string {
  const [tag, rule] = /\[endpoints-webhook(?:: ([a-z-]+))?\]$/.exec(message) ?? [];
  if (tag === undefined) throw new Error(`"${message}" does not say whose it is`);
  return rule ?? 'bounded';
}

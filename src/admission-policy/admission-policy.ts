import type { Kind } from '../endpoints/view.ts';
import { type CelFields, maxListed, type Variable } from '../kinds/cel-fields.ts';
import { kinds } from '../kinds/index.ts';
import type { Wildcards } from '../policy/policy.ts';
import type { Documentation } from '../rules/rule.ts';
import { authorizationVariables } from './authorization.ts';
import { literal } from './cel.ts';
import type { CelValidation } from './cel-validation.ts';
import { type ExemptNamespaces, readExemptNamespaces } from './exempt-namespaces.ts';
import { controlPlane, createMatchConditions } from './match-conditions.ts';

/** What a violation leads to. It is set in the binding, so each action has a policy of its own. */
export type Action = 'Deny' | 'Warn' | 'Audit';

/** A check of a rule, and the requests to which it applies. */
export interface BoundCheck {
  readonly rule: Documentation;
  /** A CEL identifier, unique among checks of one kind. */
  readonly id: string;
  readonly validation: CelValidation;
  /** CEL. */
  readonly applies: string;
}

export interface PolicyOptions {
  readonly name: string;
  readonly kind: Kind;
  readonly action: Action;
  /** Names, and patterns such as `openshift-*`. */
  readonly exemptNamespaces: readonly string[];
  readonly exemptUsers: readonly string[];
  readonly wildcards: Wildcards;
  readonly extraServiceLabels: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A ValidatingAdmissionPolicy and its binding. */
export function createPolicyObjects(checks: readonly BoundCheck[], options: PolicyOptions): readonly object[] {
  const { kind, action, extraServiceLabels } = options;
  const namespaces = readExemptNamespaces(options.exemptNamespaces);
  const users = [...new Set([...controlPlane, ...options.exemptUsers])];
  const name = `${options.name}-${kinds[kind].resource}-${action.toLowerCase()}`;
  const head = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const labels = {
    'app.kubernetes.io/name': 'endpoints-webhook',
    'app.kubernetes.io/component': 'validating-admission-policy',
  };
  const metadata = { name, labels, annotations: options.annotations };
  const spec = {
    failurePolicy: 'Fail',
    matchConstraints: matchConstraints(kind, namespaces),
    matchConditions: createMatchConditions(kind, users, extraServiceLabels, namespaces.prefixes),
    variables: variablesOf(checks, kinds[kind].cel, options.wildcards),
    validations: [...boundsOf(kinds[kind].cel), ...checks.flatMap(validationsOf)],
  };
  return [
    { ...head, kind: 'ValidatingAdmissionPolicy', metadata, spec },
    {
      ...head,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: name, validationActions: [action] },
    },
  ];
}

function matchConstraints(kind: Kind, { names: values }: ExemptNamespaces) {
  const { group, resource } = kinds[kind];
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }] },
    resourceRules: [
      {
        apiGroups: [group],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: [resource],
        scope: 'Namespaced',
      },
    ],
  };
}

/** Each name once, after the variables that it uses. */
function variablesOf(checks: readonly BoundCheck[], fields: CelFields, wildcards: Wildcards): readonly Variable[] {
  const own = checks.flatMap(({ id, validation, applies }) => [
    ...validation.variables,
    ...validation.violationLists.map(({ list }, i) => ({
      name: listName(id, i),
      expression: applies === 'true' ? list : `${applies} ? (${list}) : []`,
    })),
  ]);
  const variables = [...fields.basis, fields.addresses, fields.ports, fields.large, ...own];
  if (checks.some(({ rule }) => rule.exemptibleByRbac)) variables.push(...authorizationVariables(wildcards));
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()];
}

function listName(id: string, index: number): string {
  return `${id}_violations${index === 0 ? '' : `_${index + 1}`}`;
}

/** An object that is too large to be evaluated is refused, not let through unchecked. */
function boundsOf({ basis }: CelFields) {
  if (!basis.some(({ name }) => name === 'bounded')) return [];
  const message = `subsets: more than ${maxListed} subsets, or addresses or ports in one, are more than an API server can judge in time: write several objects [endpoints-webhook]`;
  return [{ expression: 'variables.bounded', message }];
}

/** The API server evaluates messageExpression whether or not it is needed, and all its variables again: for large objects it shows no value. */
function validationsOf({ rule, id, validation }: BoundCheck) {
  const tag = ` [endpoints-webhook: ${rule.id}]`;
  return validation.violationLists.map(({ field, problem }, i) => {
    const list = `variables.${listName(id, i)}`;
    const end = literal(`: ${rule.remedy}${tag}`);
    return {
      expression: `size(${list}) == 0${rule.exemptibleByRbac ? ' || variables.authorized' : ''}`,
      messageExpression: `variables.large || size(${list}) == 0 ? "" : ${literal(`${field}: `)} + ${problem(list)} + ${end}`,
      message: `${field}: ${rule.title}${tag}`,
    };
  });
}

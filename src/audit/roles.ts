import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { type Right, rightsOf } from './rights.ts';

export type RoleKind = 'Role' | 'ClusterRole';

/** A Role or ClusterRole that grants something of interest. */
export interface GrantingRole {
  readonly kind: RoleKind;
  /** Of a Role. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly labels: Fields;
  readonly rights: readonly Right[];
  /** Of a ClusterRole whose rules a controller fills in: from those that one of these selects. */
  readonly selectors: readonly unknown[];
}

/** The roles that grant something of interest, by `roleKey`. */
export type Roles = Map<string, GrantingRole>;

/** Takes a Role or ClusterRole in as the API server lists it; those that grant nothing of interest are forgotten. */
export function addRole(roles: Roles, kind: RoleKind, role: unknown): void {
  const { metadata, rules, aggregationRule } = fieldsOf(role);
  const rights = rightsOf(rules);
  if (rights.length === 0) return;
  const { name, namespace, labels } = fieldsOf(metadata);
  const own = kind === 'Role' ? String(namespace) : undefined;
  const selectors = listOf(fieldsOf(aggregationRule).clusterRoleSelectors);
  const granting = { kind, namespace: own, name: String(name), labels: fieldsOf(labels), rights, selectors };
  roles.set(roleKey(kind, own, granting.name), granting);
}

export function roleKey(kind: string, namespace: string | undefined, name: string): string {
  return JSON.stringify([kind, kind === 'Role' ? namespace : '', name]);
}

/** The labels that a selector asks for, as text. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const equal = Object.entries(fieldsOf(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const other = listOf(matchExpressions).map((expression) => {
    const { key, operator, values } = fieldsOf(expression);
    const choice = listOf(values).length > 0 ? ` (${listOf(values).join(', ')})` : '';
    return `${key} ${operator}${choice}`;
  });
  return [...equal, ...other].join(', ') || 'everything';
}

/** Whether a label selector selects something with these labels. */
export function selects(selector: unknown, labels: Fields): boolean {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return (
    Object.entries(fieldsOf(matchLabels)).every(([key, value]) => own(labels, key) === value) &&
    listOf(matchExpressions).every((expression) => holds(fieldsOf(expression), labels))
  );
}

function holds({ key, operator, values }: Fields, labels: Fields): boolean {
  const value = own(labels, String(key));
  if (operator === 'In') return value !== undefined && listOf(values).includes(value);
  if (operator === 'NotIn') return value === undefined || !listOf(values).includes(value);
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' && value === undefined;
}

function own(labels: Fields, key: string): unknown {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

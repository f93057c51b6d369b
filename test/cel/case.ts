import type { Kind } from '../../src/endpoints/view.ts';
import { type Policy, defaultPolicy as readDefaultPolicy } from '../../src/policy/policy.ts';

/** The policy of most cases. */
export const defaultPolicy = readDefaultPolicy();

/** A write, and the policy that it is judged by. */
export interface Case {
  readonly title: string;
  readonly policy: Policy;
  readonly kind: Kind;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly groups: readonly string[];
  /** Whether RBAC lets the user create the subresource `restricted`. */
  readonly restricted?: boolean;
  /** Whether it lets the user create whatever subresource: in the namespace, or in all; or the authorizer fails where that is asked. */
  readonly wildcard?: 'namespace' | 'cluster' | 'failing';
  readonly object: unknown;
  readonly oldObject?: unknown;
  /** Whether an API server asks anybody about it, where that is known. */
  readonly asked?: boolean;
}

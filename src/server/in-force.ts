import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { Policy } from '../policy/policy.ts';
import type { AskAccess } from '../review/access.ts';
import type { Confirm } from './confirm.ts';

/** What reviews are judged by: a policy, and what its rules need. All of it is replaced at once. */
export interface InForce {
  readonly policy: Policy;
  /** For RBAC exemptions, as the policy says. */
  readonly askAccess: AskAccess;
  /** What is known of the cluster, and who asks it; absent where no rule has to know it. */
  readonly cluster?: { readonly state: ClusterState; readonly confirm: Confirm } | undefined;
}

/** A value that may be replaced while the process runs. Read `current` at each use; never keep it. */
export interface Live<T> {
  readonly current: T;
}

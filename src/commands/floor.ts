import { stringify } from 'yaml';
import { floor } from '../floor/floor.ts';
import type { Io } from './io.ts';
import { readPolicy, UsageError } from './policy-file.ts';

export interface FloorCommandOptions {
  readonly policy?: string;
  readonly name: string;
  /** The minor of Kubernetes 1. */
  readonly kubernetesVersion: number;
  readonly leaveOut: readonly string[];
  readonly exemptNamespace: readonly string[];
  readonly exemptUser: readonly string[];
}

/** Prints a policy as ValidatingAdmissionPolicies. Throws a UsageError that names each rule which they cannot express. */
export async function printFloor(options: FloorCommandOptions, io: Io): Promise<number> {
  const { objects, problems } = floor(readPolicy(options.policy), {
    name: options.name,
    minor: options.kubernetesVersion,
    leaveOut: options.leaveOut,
    exemptNamespaces: options.exemptNamespace,
    exemptUsers: options.exemptUser,
  });
  if (problems) throw new UsageError(problems.join('\n'));
  for (const object of objects) io.out(`---\n${stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })}`);
  if (objects.length === 0) io.err('the policy demands nothing of this floor\n');
  return 0;
}

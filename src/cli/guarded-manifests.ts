import { isExemptNamespace, readExemptNamespaces } from '../admission-policy/exempt-namespaces.ts';
import { fieldsOf } from '../json/fields.ts';
import type { Manifests } from '../manifests/manifests.ts';

export interface GuardedManifests extends Manifests {
  /** How many objects were left out: those in namespaces that no cluster guards. */
  readonly neverGuarded: number;
}

export interface GuardedOptions {
  /** Of objects that name none. */
  readonly namespace: string;
  /** Besides those that are exempt in every cluster: names, and patterns such as `openshift-*`. */
  readonly exemptNamespace?: readonly string[];
}

/** What is to be judged, and what cannot be. */
export function leaveOutExempt(
  manifests: Manifests,
  { namespace, exemptNamespace = [] }: GuardedOptions,
): GuardedManifests {
  const exempt = readExemptNamespaces(exemptNamespace);
  const objects = manifests.objects.filter(
    ({ object }) => !isExemptNamespace(exempt, namespaceOf(object) ?? namespace),
  );
  const errors = [...manifests.errors, ...objects.flatMap(({ unjudged }) => [...unjudged.values()])];
  return { ...manifests, objects, errors, neverGuarded: manifests.objects.length - objects.length };
}

export function namespaceOf(object: unknown): string | undefined {
  const { namespace } = fieldsOf(fieldsOf(object).metadata);
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

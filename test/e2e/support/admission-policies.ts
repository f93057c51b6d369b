import { expect } from 'vitest';
import { generatePolicies } from '../../../src/admission-policy/generate-policies.ts';
import type { Kind } from '../../../src/endpoints/view.ts';
import { readPolicy } from '../../../src/manifests/policy-file.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { type Answer, api } from './api.ts';
import { kubernetes, unsayable } from './minor.ts';
import { freshName, kinds, pathOf } from './names.ts';
import { badObjects } from './objects.ts';
import { until } from './until.ts';

/** ValidatingAdmissionPolicies that the API server evaluates. */
export interface Applied {
  readonly name: string;
  /** Removes them, and waits until they refuse nothing any more. */
  remove(): Promise<void>;
}

/** Creates the admission policies of a policy, without the rules that this minor cannot say, and waits until they refuse. */
export async function applyAdmissionPolicies(policy: string | Policy | undefined): Promise<Applied> {
  const name = freshName('policies');
  const source = typeof policy === 'object' ? policy : readPolicy(policy);
  const options = {
    name,
    minor: kubernetes.cel,
    leaveOut: [...unsayable.keys()],
    exemptNamespaces: [],
    exemptUsers: [],
    annotations: {},
  };
  const { objects, problems } = generatePolicies(source, options);
  expect(problems).toBeUndefined();
  const applied = { name, remove: () => remove(name, objects ?? []) };
  try {
    for (const object of objects ?? []) {
      const { status, text } = await api().post(resourceOf(object), object);
      expect(status, text).toBe(201);
    }
    await until(`${name} refuses`, async () => (await refusals(name)).every((text) => text !== undefined), quick);
  } catch (error) {
    await applied.remove();
    throw error;
  }
  return applied;
}

const quick = { seconds: 30 };

async function remove(name: string, objects: readonly object[]): Promise<void> {
  for (const object of objects.toReversed()) {
    const { metadata } = object as { readonly metadata: { readonly name: string } };
    await api().delete(`${resourceOf(object)}/${metadata.name}`);
  }
  await until(`${name} gone`, async () => (await refusals(name)).every((text) => text === undefined), quick);
}

function resourceOf(object: object): string {
  const binding = 'kind' in object && object.kind === 'ValidatingAdmissionPolicyBinding';
  const resource = binding ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies';
  return `/apis/admissionregistration.k8s.io/v1/${resource}`;
}

/** What they say of objects that the default policy refuses in every minor, and API servers take. */
async function refusals(name: string): Promise<readonly (string | undefined)[]> {
  const dry = (kind: Kind) => api().post(`${pathOf(kind, 'default')}?dryRun=All`, badObjects[kind]('probe'));
  return (await Promise.all(kinds.map(dry))).map((answer) => refusalBy(name, answer));
}

/** The refusal of the policies of that name; `undefined` where they refuse nothing. */
export function refusalBy(name: string, { text, body }: Pick<Answer, 'text' | 'body'>): string | undefined {
  return text.includes(`ValidatingAdmissionPolicy '${name}-`) ? body.message : undefined;
}

import type { NetworkEvidence } from './evidence.ts';
import { comment } from './lines.ts';
import { ownershipRules } from './ownership.ts';
import { parityRules } from './parity.ts';
import { suggest } from './suggestion.ts';

export const profiles = ['ownership', 'parity'] as const;

export type Profile = (typeof profiles)[number];

/** Of the cluster, and what in it could not be read: for people. */
export interface About {
  readonly tool: string;
  readonly cluster: string;
  readonly unread: readonly string[];
}

/** A policy file for a cluster, with the evidence for each network, and what cannot be known, as comments. */
export function policyText(profile: Profile, evidence: NetworkEvidence, { tool, cluster, unread }: About): string {
  const suggestion = suggest(evidence);
  const lines = [
    ...comment(`A policy for ${cluster}, suggested by endpoints-webhook ${tool}. Read it before you use it.`),
    ...comment(`Profile ${profile}: ${explanations[profile]} docs/networks.md explains both profiles.`),
    ...comment(
      'endpoints-webhook audit --policy FILE tells what it would refuse of what exists; mode: audit tries it.',
    ),
    ...unread.flatMap((text) => comment(`Could not be read: ${text}`)),
    'apiVersion: endpoints-webhook.io/v1alpha1',
    'kind: Policy',
    'rules:',
    ...(profile === 'ownership' ? ownershipRules(suggestion, evidence) : parityRules(suggestion)),
    '',
    ...unknowable(profile, evidence).flatMap((text) => comment(text)),
  ];
  return `${lines.join('\n')}\n`;
}

const explanations: Readonly<Record<Profile, string>> = {
  ownership:
    'addresses of pods of other namespaces, of nobody, of Services and of Nodes are refused, and those of own pods allowed.',
  parity:
    'whatever lies in these networks is refused, own pods too; ValidatingAdmissionPolicies hold it while no webhook pod runs.',
};

function unknowable(profile: Profile, { unclear: { named, external } }: NetworkEvidence): readonly string[] {
  return [
    'What no API says: secondary networks of pods (Multus) and networks of other clusters. Add those that tenants must not reach to forbidden-network.',
    ...(profile === 'parity'
      ? ['Nor which Nodes there are tomorrow: add their subnets, where Nodes alone are in them.']
      : []),
    ...(named > 0
      ? [`Services whose load balancer has a name and no address, which is then not known: ${named}.`]
      : []),
    ...(external > 0
      ? [`Services with externalIPs, which count only where service-address has externalIPs: true: ${external}.`]
      : []),
  ];
}

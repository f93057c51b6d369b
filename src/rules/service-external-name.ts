import * as z from 'zod';
import { parseAddress } from '../endpoints/address.ts';
import { isAddressToSome, labelsOf } from '../endpoints/name-text.ts';
import { quote } from '../endpoints/quote.ts';
import { domainPattern, insidePatterns, ownPattern, readDomain } from './inside-name.ts';
import { matchesPattern } from './pattern.ts';
import { namePattern, specialNames } from './presets/names.ts';
import { defineRule, textReadBy } from './rule.ts';
import { cve202125740 } from './source.ts';

export const serviceExternalName = defineRule({
  id: 'service-external-name',
  title: 'Services of type ExternalName name no addresses and nothing inside the cluster.',
  why: `
    Ingress controllers and other proxies connect to what \`externalName\` says, from where they run: whoever may write Services
    can aim them at another namespace's Service, at the API server, or at the cloud's metadata service (CVE-2021-25740), and
    API servers take any name. Refused are addresses in each spelling that some program reads as one (\`169.254.169.254\`,
    \`0x7f000001\`, \`2130706433\`), the names of one's own machine and of the clouds' metadata services, single labels, and names
    inside the cluster, unless they are those of the namespace's own Services: whatever is below \`svc\`, \`pod\`, the cluster's
    domain or \`clusterset.local\`, or ends in no top-level domain, and so in a namespace. On UPDATE only a new or changed name
    is refused. A name may still resolve to any address, and \`db.bank\` may be a namespace's or the internet's.
  `,
  remedy:
    'write a name outside of the cluster or of a Service of this namespace, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: { Service: { spec: { type: 'ExternalName', externalName: 'db.bank.svc.cluster.local' } } },
  fields: ['spec.externalName'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Service'],
  exemptibleByRbac: true,
  parameters: z.strictObject({
    clusterDomain: textReadBy(readDomain).default('cluster.local').describe('The domain of the cluster.'),
    names: z
      .array(z.string().min(1))
      .default([])
      .describe('Further names that are refused; * matches any run of characters.'),
    allowed: z
      .array(z.string().min(1))
      .default([])
      .describe('Names that are let through; * matches any run of characters.'),
  }),
  prepare: ({ clusterDomain, names, allowed }) => ({
    inside: whole(domainPattern(clusterDomain)),
    own: whole(ownPattern(clusterDomain, '([^.]+)')),
    names: names.map((name) => name.toLowerCase()),
    allowed: allowed.map((name) => name.toLowerCase()),
  }),
  *check({ service }, prepared, { namespace, previous }) {
    if (service?.type !== 'ExternalName' || service.externalName === '') return;
    const before = previous?.service;
    if (before?.type === 'ExternalName' && before.externalName === service.externalName) return;
    const problem = problemOf(service.externalName, namespace, prepared);
    if (problem) yield { path: ['spec', 'externalName'], message: `${quote(service.externalName)} ${problem}` };
  },
});

interface Names {
  /** With the namespace as its group. */
  readonly own: RegExp;
  readonly inside: RegExp;
  readonly names: readonly string[];
  readonly allowed: readonly string[];
}

function problemOf(text: string, namespace: string, { inside, own, names, allowed }: Names) {
  const labels = labelsOf(text);
  const name = labels.join('.');
  const matches = (pattern: string) => matchesPattern(pattern, name);
  if (allowed.some(matches)) return undefined;
  if (isAddressToSome(text)) return parseAddress(name) ? 'is an address' : 'is an address to some programs';
  const special = specialPatterns.find(({ pattern }) => pattern.test(name));
  if (special) return `is ${special.meaning}`;
  const forbidden = names.find(matches);
  if (forbidden !== undefined) return `is among the forbidden names ${quote(forbidden)}`;
  if (singleLabel.test(name)) return 'is a single label, which each program completes to another name';
  if (inside.test(name))
    return own.exec(name)?.[1] === namespace ? undefined : 'is inside the cluster, and no Service of this namespace';
  const isInNamespace = namespaceAtEnd.test(name) && !internationalized.test(name) && labels.at(-1) !== namespace;
  return isInNamespace ? 'ends in no top-level domain, and so in that of another namespace' : undefined;
}

const specialPatterns = specialNames.map((one) => ({ meaning: one.meaning, pattern: whole(namePattern([one])) }));
const singleLabel = whole(insidePatterns.singleLabel);
const namespaceAtEnd = whole(insidePatterns.namespaceAtEnd);
const internationalized = whole(insidePatterns.internationalized);

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 's');
}

import type { Kind } from '../../src/endpoints/view.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import type { AdmissionPolicy } from './admission-policies.ts';

/** A mistake in policies that some case must show. */
export interface Mutant {
  readonly title: string;
  /** The kind whose policies have it. */
  readonly kind: Kind;
  readonly policies: readonly AdmissionPolicy[];
}

/** What stands in expressions, and what somebody might have written instead. */
export const mistakes: readonly (readonly [title: string, right: string, wrong: string])[] = [
  ['isIP negated', '!isIP(', 'isIP('],
  ['isIP negated, in slices of names', 'isIP(a) &&', '!isIP(a) &&'],
  ['hexadecimal names forgotten', '|0[xX][0-9a-fA-F]*', ''],
  ['a dot behind a number forgotten', '[0-9a-fA-F]*)\\\\.*$', '[0-9a-fA-F]*)$'],
  ['names below localhost forgotten', '(?:.*\\\\.)?(?:localhost', '(?:localhost'],
  ['ten times as many ports', '> 65535', '> 165535'],
  ['port 0', 'a.port < 1 ', 'a.port < 0 '],
  ['IPv4-compatible forgotten', 'cidr("::/96")', 'cidr("100::/96")'],
  ['IPv4-translated forgotten', 'cidr("::ffff:0:0:0/96")', 'cidr("100::/96")'],
  ['NAT64 forgotten', 'cidr("64:ff9b::/96")', 'cidr("100::/96")'],
  ['local-use NAT64 forgotten', 'cidr("64:ff9b:1::/48")', 'cidr("100::/48")'],
  ['6to4 forgotten', 'cidr("2002::/16")', 'cidr("100::/16")'],
  ['Teredo forgotten', 'cidr("2001::/32")', 'cidr("100::/32")'],
  ['the client of Teredo not turned', '"fedcba9876543210".charAt', '"0123456789abcdef".charAt'],
  ['ISATAP forgotten', '.contains("5efe:")', '.contains("5eff:")'],
  ['the position behind 48 bits forgotten', 'd.substring(12, 16) + d.substring(18, 22)', 'd.substring(24, 32)'],
  ['the position behind 56 bits forgotten', 'd.substring(14, 16) + d.substring(18, 24)', 'd.substring(24, 32)'],
  ['the position behind 64 bits forgotten', 'd.substring(18, 26)', 'd.substring(24, 32)'],
  ['zeros taken for an address', '!x.startsWith("00")', 'true'],
  [
    'ten times the subsets',
    'size(object.?subsets.orValue([])) <= 10000',
    'size(object.?subsets.orValue([])) <= 100000',
  ],
  [
    'ten times the addresses',
    'size(s.?notReadyAddresses.orValue([])) <= 10000 ',
    'size(s.?notReadyAddresses.orValue([])) <= 100000 ',
  ],
  ['not ready addresses not counted', ' + size(s.?notReadyAddresses.orValue([])) <= 10000 ', ' <= 10000 '],
  ['ten times the ports', 'size(s.?ports.orValue([])) <= 10000', 'size(s.?ports.orValue([])) <= 100000'],
  ['ten times the finalizers', '> 100000', '> 1000000'],
  ['ten times the pairs of addresses', '<= 100000 ?', '<= 1000000 ?'],
  ['ten times the field path', '> 1024', '> 10240'],
  ['the resource version negated', 'resourceVersion.orValue("") != ""', 'resourceVersion.orValue("") == ""'],
  ['rules of creations for updates', 'request.operation == "CREATE"', 'request.operation == "UPDATE"'],
  ['rules of creations for all', 'request.operation == "CREATE"', 'true'],
  ['startsWith for endsWith', '.endsWith(', '.startsWith('],
  ['endsWith for startsWith', '.startsWith(', '.endsWith('],
  ['RBAC not asked', ' || variables.authorized', ''],
  ['wildcards counted', '!variables.wildcard.allowed()', 'true'],
  ['wildcards in all namespaces not counted', ' || variables.wildcard_everywhere', ''],
  ['an authorizer that fails counted', ' && !variables.wildcard.errored()', ''],
  [
    'external IPs that were there are new',
    '(request.operation == "UPDATE" && a in oldObject',
    '(false && a in oldObject',
  ],
  ['external IPs of all networks', 'n.containsIP(a)', 'true'],
  ['names that were there are new', 'oldObject.spec.?externalName.orValue("") ==', '"" =='],
  ['a dot behind an external name forgotten', 'a.endsWith(".") ?', 'false ?'],
  ['Services of all namespaces are own', ' + request.namespace + ', ' + "[^.]+" + '],
  ['names that end in the own namespace are foreign', 'n.endsWith("." + request.namespace)', 'false'],
  ['internationalized names are foreign', '.*\\\\.xn--[^.]*', 'xn--'],
  ['ports of Services with a selector', 'size(object.spec.?selector.orValue({})) == 0', 'true'],
  ['ports of ExternalName forgotten', 'object.spec.?type.orValue("") == "ExternalName" || ', ''],
  ['ports that were there are new', 'in variables.service_target_port_old)', 'in [])'],
  ['RBAC asked about another subresource', 'subresource("restricted")', 'subresource("status")'],
];

/** Mistakes by hand; each validation and each condition forgotten; each way in which an update is a change forgotten. */
export function mutantsOf(policies: readonly AdmissionPolicy[]): readonly Mutant[] {
  return [...new Set(policies.map(({ kind }) => kind))].flatMap((kind) => {
    const own = policies.filter((policy) => policy.kind === kind);
    const conditions = expressionsOf(own, 'matchConditions');
    return [
      ...mistakes.map(([title, right, wrong]) => mutant(title, (text) => text.replaceAll(right, wrong))),
      ...[...conditions, ...expressionsOf(own, 'validations')].map((one) =>
        mutant(`true for ${one}`, (text) => (text === one ? 'true' : text)),
      ),
      ...conditions
        .flatMap(alternativesIn)
        .map((one) => mutant(`without ${one}`, (text) => text.replace(one, 'false'))),
    ].filter((one) => JSON.stringify(one.policies) !== JSON.stringify(policies));

    function mutant(title: string, change: (expression: string) => string): Mutant {
      const mutated = policies.map((policy) => (policy.kind === kind ? changed(policy, change) : policy));
      return { title: `${kind}: ${title}`, kind, policies: mutated };
    }
  });
}

function changed(policy: AdmissionPolicy, change: (expression: string) => string): AdmissionPolicy {
  const text = JSON.stringify(policy.object, (key, value) => (key === 'expression' ? change(value) : value));
  return { ...policy, object: JSON.parse(text) };
}

function expressionsOf(
  policies: readonly AdmissionPolicy[],
  list: 'matchConditions' | 'validations',
): readonly string[] {
  const specs = policies.map(({ object }) => fieldsOf(fieldsOf(object).spec));
  const items = specs.flatMap((spec) => spec[list]);
  return [...new Set(items.map((item) => String(fieldsOf(item).expression)))];
}

/** What stands between the `||` of a whole expression in brackets. */
function alternativesIn(expression: string): readonly string[] {
  if (!/^\(.* \|\| .*\)$/.test(expression)) return [];
  const found: string[] = [];
  let depth = 0;
  let begin = 1;
  for (const { index } of expression.matchAll(/[()]| \|\| /g)) {
    if (expression[index] === '(') depth++;
    else if (expression[index] === ')') depth--;
    else if (depth === 1) {
      found.push(expression.slice(begin, index));
      begin = index + 4;
    }
  }
  return [...found, expression.slice(begin, -1)];
}

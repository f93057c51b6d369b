import type { Variable } from '../kinds/cel-fields.ts';
import { unnamedSubresource } from '../policy/exemption.ts';
import type { Wildcards } from '../policy/policy.ts';
import { literal } from './cel.ts';

/**
 * `authorized`: whether RBAC exempts the requester, and what it takes. A check is expensive: two fit into one expression, so each has its
 * own, evaluated only where an object violates a rule, and once. An authorizer that fails allows nothing, and says nothing of wildcards.
 */
export function authorizationVariables(wildcards: Wildcards): readonly Variable[] {
  const restricted = `${check('restricted', ofObject)}.allowed()`;
  if (wildcards === 'count') return [{ name: 'authorized', expression: restricted }];
  const everywhere = { name: 'wildcard_everywhere', expression: `${check(unnamedSubresource, '')}.allowed()` };
  const counts = wildcards === 'never' ? '' : ' || variables.wildcard_everywhere';
  return [
    { name: 'wildcard', expression: check(unnamedSubresource, ofObject) },
    ...(wildcards === 'never' ? [] : [everywhere]),
    {
      name: 'authorized',
      expression: `${restricted} && !variables.wildcard.errored() && (!variables.wildcard.allowed()${counts})`,
    },
  ];
}

const ofObject = '.namespace(request.namespace).name(request.name)';

function check(subresource: string, where: string): string {
  return `authorizer.group(request.resource.group).resource(request.resource.resource).subresource(${literal(subresource)})${where}.check("create")`;
}

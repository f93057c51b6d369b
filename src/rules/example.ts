import type { Kind } from '../endpoints/view.ts';
import type { Fields } from '../json/fields.ts';
import type { DocumentedRule } from './rule.ts';

const basis: Readonly<Record<Kind, Fields>> = {
  Endpoints: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } },
  EndpointSlice: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
  },
  Service: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
};

/** A rule's example as a whole object. Throws where the rule has none of that kind. */
export function exampleObject({ id, example }: DocumentedRule, kind: Kind): Fields {
  const fields = example[kind];
  if (!fields) throw new Error(`rule ${id} has no example of ${kind}: write it under "example" in src/rules/${id}.ts`);
  return wholeObject(kind, fields);
}

/** Fields with what every object of a kind needs, unless they say it themselves. */
export function wholeObject(kind: Kind, fields: Fields): Fields {
  return { ...basis[kind], ...fields };
}

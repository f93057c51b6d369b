import { pathText } from '../../src/endpoints/field-path.ts';
import type { Endpoint, Endpoints, View } from '../../src/endpoints/view.ts';

/** A view as data that stays as it is: everything that a rule can ask, with paths as texts. */
export function plainView({ subsets, nodeNames, ...rest }: View) {
  return {
    ...rest,
    nodeNames: [...new Set(nodeNames)].toSorted(),
    subsets: subsets.map(({ path, endpoints, addresses, ports }) => ({
      path: pathText(path.steps),
      endpoints: endpoints.map((one) => ({ path: pathText(one.path.steps), ...plainEndpoint(one) })),
      ...Object.fromEntries(fields.map((field) => [field, [...placesWith(endpoints, field)]])),
      addresses: addresses.map(({ path, text, address, ready, targetRef }) => ({
        path: pathText(path.steps),
        ...{ text, address: structuredClone(address), ready, targetRef },
      })),
      ports: ports.map(({ path, name, number, protocol }) => ({ path: pathText(path.steps), name, number, protocol })),
    })),
  };
}

function plainEndpoint({ hostname, nodeName, targetResourceVersion, targetFieldPath }: Endpoint) {
  return { hostname, nodeName, targetResourceVersion, targetFieldPath };
}

const fields = ['hostname', 'nodeName', 'targetResourceVersion', 'targetFieldPath'] as const;

/** Where a list of endpoints has a field, by the way that rules take. */
function* placesWith(endpoints: Endpoints, field: (typeof fields)[number]): Iterable<string> {
  for (const endpoint of endpoints.with(field)) if (endpoint[field] !== undefined) yield pathText(endpoint.path.steps);
}

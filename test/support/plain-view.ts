import { pathText } from '../../src/endpoints/field-path.ts';
import type { Endpoint, View } from '../../src/endpoints/view.ts';

/** A view as data that stays as it is: everything that a rule can ask, with paths as texts. */
export function plainView({ subsets, ...rest }: View) {
  return {
    ...rest,
    subsets: subsets.map(({ path, endpoints, addresses, ports }) => ({
      path: pathText(path.steps),
      endpoints: endpoints.map((one) => ({ path: pathText(one.path.steps), ...plainEndpoint(one) })),
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

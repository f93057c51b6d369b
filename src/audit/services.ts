import type { Kind } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';

/** `none`: there is no Service that the object belongs to; `unknown`: Services could not be read. */
export type ServiceState = 'with selector' | 'without selector' | 'none' | 'unknown';

/** Whether a Service has a selector, by namespace and name. */
export type Services = Map<string, boolean>;

export function addService(services: Services, service: unknown): void {
  const { metadata, spec } = fieldsOf(service);
  const { namespace, name } = fieldsOf(metadata);
  services.set(`${namespace}/${name}`, Object.keys(fieldsOf(fieldsOf(spec).selector)).length > 0);
}

/** The Service that would send traffic to what an object lists: it has its name, or the name in a slice's label. */
export function serviceState(services: Services, kind: Kind, object: unknown): ServiceState {
  const metadata = fieldsOf(fieldsOf(object).metadata);
  const service = kinds[kind].serviceName(metadata);
  const selects = services.get(`${metadata.namespace}/${service}`);
  if (selects === undefined) return 'none';
  return selects ? 'with selector' : 'without selector';
}

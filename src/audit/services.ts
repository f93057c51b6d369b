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

/** What becomes of the Services that would send traffic to what an object lists: of the object's name, or of that in a label. */
export function serviceState(
  services: Services,
  kind: Kind,
  object: unknown,
  extraServiceLabels: readonly string[],
): ServiceState {
  const metadata = fieldsOf(fieldsOf(object).metadata);
  const labels = fieldsOf(metadata.labels);
  const names = [...kinds[kind].serviceNames(metadata), ...extraServiceLabels.map((label) => labels[label])];
  const selects = names.map((name) => services.get(`${metadata.namespace}/${name}`));
  if (selects.includes(false)) return 'without selector';
  return selects.includes(true) ? 'with selector' : 'none';
}

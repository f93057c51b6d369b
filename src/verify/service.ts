import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, listOf } from '../json/fields.ts';
import { type Asker, isProblem, unread } from './asker.ts';
import { type Check, failed, ok } from './check.ts';
import type { Installation } from './installation.ts';

const restore = 'restore it with `helm upgrade`, or by applying the manifests again';

/** Whether the Service that API servers call leads to the pods; none where they call a URL. */
export async function checkService(
  asker: Asker,
  { service, selector }: Installation,
  namespace: string,
): Promise<readonly Check[]> {
  if (!service) return [];
  const subject = `Service ${service.name}`;
  const answer = await asker.get(`/api/v1/namespaces/${namespace}/services/${service.name}`);
  if (isProblem(answer)) {
    if (answer.status === 404) return [failed(subject, 'does not exist: API servers cannot call the webhook', restore)];
    return [unread(subject, answer, `get of services in namespace ${namespace}`)];
  }
  const spec = fieldsOf(answer.spec);
  if (!isDeepStrictEqual({ ...fieldsOf(spec.selector) }, { ...selector }))
    return [failed(subject, 'its selector was changed: it does not lead to the pods', restore)];
  if (!listOf(spec.ports).some((port) => fieldsOf(port).port === service.port))
    return [failed(subject, `has no port ${service.port}, which the configurations name`, restore)];
  return [ok(subject, 'leads to the pods')];
}

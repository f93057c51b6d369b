import type { Kind } from '../endpoints/view.ts';
import type { Fields } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import { kubernetesService } from '../policy/exemption.ts';
import type { ServiceState } from './services.ts';

/** An object, and whether traffic can reach the addresses that it lists. */
export interface Subject {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly service: ServiceState;
}

const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Whether only the cluster's administrators write there. */
export function isSystem({ namespace }: Pick<Subject, 'namespace'>): boolean {
  return systemNamespaces.includes(namespace);
}

/** The API server writes these two anew every ten seconds, with its own addresses. */
export function isApiServers({ namespace, name }: Pick<Subject, 'namespace' | 'name'>): boolean {
  return namespace === kubernetesService.namespace && name === kubernetesService.name;
}

/** Whether a controller of Kubernetes writes it, with the addresses of the pods that its Service selects. */
export function isControlled({ kind, service }: Subject, metadata: Fields): boolean {
  return service === 'with selector' && kinds[kind].isControlled(metadata);
}

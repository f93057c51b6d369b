import { expect } from 'vitest';
import { type As, api, type Call } from './api.ts';
import { slices } from './kinds.ts';
import { freshName, path } from './names.ts';
import { ourTag } from './objects.ts';
import type { ServiceContent, ServiceWrite } from './service-writes.ts';
import { controller, type Happened } from './situation.ts';

/**
 * Makes a write of a Service, dry, and tells what came of it. A slice with its label waits there that leads to a forbidden target and is
 * managed by nobody.
 */
export async function serviceHappens(
  write: ServiceWrite,
  namespace: string,
  tenant: As,
  target: string,
): Promise<Happened | string> {
  const name = freshName('service');
  const services = path(namespace, 'services');
  await store(slices.path(namespace), slices.object(name, target));
  if (write.before) await store(services, whole(write.before, name));
  const { method, body, type } = sent(write, name);
  const url = `${services}${method === 'POST' ? '' : `/${name}`}?dryRun=All`;
  const call: Call = { as: write.as ?? tenant, type, body };
  const { status, text, body: answer } = await api().call(method, url, call);
  // Two Services with one external IP would stop kube-proxy of 1.30 from writing any rule (nftables: "File exists").
  if (write.before) await api().delete(`${services}/${name}`);
  if (status === 200 || status === 201) return 'taken';
  if ((status === 403 || status === 422) && ourTag.test(text)) return 'refused by us';
  return status === 500 && /failed calling webhook "services\.validate\.endpoints-webhook/.test(answer.message ?? '')
    ? 'failed calling us'
    : `${status} ${text}`;
}

function sent({ before, after, patch }: ServiceWrite, name: string) {
  const type = 'application/json';
  if (patch)
    return {
      method: 'PATCH',
      body: patch.body,
      type: `application/${patch.type === 'merge' ? 'merge' : 'json'}-patch+json`,
    };
  if (!after) return { method: 'DELETE', body: undefined, type };
  return { method: before ? 'PUT' : 'POST', body: whole(after, name), type };
}

function whole({ metadata, spec }: ServiceContent, name: string) {
  return { metadata: { ...metadata, name }, spec };
}

async function store(url: string, object: object): Promise<void> {
  const { status, text } = await api().post(url, object, { as: controller });
  expect(status, text).toBe(201);
}

import { afterAll, describe, expect, test } from 'vitest';
import { bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { ask } = webhook;

const metadata = { name: 'kubernetes', namespace: 'default' };
const endpoints = { ...bad, metadata };
const slice = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  metadata,
  addressType: 'IPv4',
  endpoints: [{ addresses: ['127.0.0.1'] }],
  ports: [{ name: 'https', port: 6443 }],
};
const slices = { resource: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' } };
const by = (groups: unknown, username = 'kubernetes-admin') => ({ userInfo: { username, groups } });
const masters = { ...metadata, ...by(['system:masters', 'system:authenticated']) };

describe('who keeps default/kubernetes as a member of system:masters is not held back', () => {
  test.each([
    ['creates Endpoints', createReview(endpoints, masters)],
    ['creates a slice', createReview(slice, { ...masters, ...slices })],
    ['updates Endpoints', updateReview(endpoints, { ...good, metadata }, masters)],
    ['updates a slice', updateReview(slice, { ...slice, endpoints: [] }, { ...masters, ...slices })],
    ['writes an address that cannot be read', createReview({ ...endpoints, subsets: [{ addresses: [{}] }] }, masters)],
  ])('%s', async (_, review) => {
    const { allowed, auditAnnotations } = await ask('/validate', review);
    expect([allowed, auditAnnotations?.decision]).toEqual([true, 'exempt']);
  });
});

test.each([
  [
    'creates Endpoints',
    createReview(endpoints, { ...metadata, ...by(['kubernetes'], 'system:hosted-cluster-config') }),
  ],
  [
    'updates a slice',
    updateReview(
      slice,
      { ...slice, endpoints: [] },
      { ...metadata, ...slices, ...by([], 'system:hosted-cluster-config') },
    ),
  ],
])('nor is the operator that keeps it in HyperShift, which %s', async (_, review) => {
  const { allowed, auditAnnotations } = await ask('/validate', review);
  expect([allowed, auditAnnotations?.decision]).toEqual([true, 'exempt']);
});

describe('everybody and everything else is judged', () => {
  const elsewhere = { ...metadata, namespace: 'shop' };
  const other = { ...metadata, name: 'kubernetes-1' };
  test.each([
    ['by nobody’s member', createReview(endpoints, { ...masters, ...by([]) })],
    ['by a member of a group of a like name', createReview(endpoints, { ...masters, ...by(['system:masters2']) })],
    ['by a member of a group in other letters', createReview(endpoints, { ...masters, ...by(['System:Masters']) })],
    ['by one whose groups are a text', createReview(endpoints, { ...masters, ...by('system:masters') })],
    ['by a user of the group’s name', createReview(endpoints, { ...masters, ...by([], 'system:masters') })],
    [
      'another object by the operator of HyperShift',
      createReview(
        { ...endpoints, metadata: other },
        { ...masters, ...other, ...by([], 'system:hosted-cluster-config') },
      ),
    ],
    ['by a user of a like name', createReview(endpoints, { ...masters, ...by([], 'system:hosted-cluster-config2') })],
    [
      'by a member of a group of that name',
      createReview(endpoints, { ...masters, ...by(['system:hosted-cluster-config']) }),
    ],
    ['another namespace', createReview({ ...endpoints, metadata: elsewhere }, { ...masters, ...elsewhere })],
    ['another name', createReview({ ...endpoints, metadata: other }, { ...masters, ...other })],
    [
      'a slice of the Service by another name',
      createReview(
        { ...slice, metadata: { ...other, labels: { 'kubernetes.io/service-name': 'kubernetes' } } },
        { ...masters, ...slices, ...other },
      ),
    ],
    [
      'a name that is made of it',
      createReview({ ...endpoints, metadata: { generateName: 'kubernetes' } }, { ...masters, name: '' }),
    ],
    ['what is no object', createReview(5, masters)],
  ])('%s', async (_, review) => {
    expect((await ask('/validate', review)).allowed).toBe(false);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { answer, type Spec, yes } from '../support/authorizer.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeCluster } from '../support/fake-cluster.ts';
import { refuse, sendJson } from '../support/fake-request.ts';
import { collections, runningPod, startFollowedWebhook } from '../support/followed-webhook.ts';
import {
  creating,
  endpointsOf,
  forbidden,
  managedByLabel,
  places,
  selector,
  serviceNameLabel,
  serviceOf,
  sliceOf,
  updating,
} from '../support/waking.ts';
import { createReview, startWebhook } from '../support/webhook.ts';

const bad = '10.200.1.5';
const byController = { [managedByLabel]: 'endpointslice-controller.k8s.io' };
const byMirroring = { [managedByLabel]: 'endpointslicemirroring-controller.k8s.io' };
const external = { type: 'ExternalName', externalName: 'www.example.com' };

type Options = NonNullable<Parameters<typeof startFollowedWebhook>[0]>;

async function start(objects: readonly object[] = [], options: Options = {}) {
  const webhook = await startFollowedWebhook({ policy: forbidden, ...options });
  for (const object of objects) put(webhook.cluster, object);
  const reads = () => webhook.cluster.requests.filter(({ url }) => /\/(?:endpoints|endpointslices)\b/.test(url));
  return { ...webhook, reads };
}

function put(cluster: FakeCluster, object: object): void {
  const { kind } = object as { readonly kind: keyof typeof places };
  cluster.put(places[kind], object);
}

describe('what a write of a Service wakes', () => {
  const everything = ['/api/v1/namespaces/shop/endpoints/web', 'kubernetes.io/service-name=web'];
  const unmanaged = [
    `${serviceNameLabel}=web,${managedByLabel} notin (endpointslice-controller.k8s.io,endpointslicemirroring-controller.k8s.io)`,
  ];
  test.each<[string, unknown, readonly string[]]>([
    ['without a selector, new', creating(), everything],
    ['with an empty selector, new', creating({ selector: {} }), everything],
    ['headless, without a selector', creating({ clusterIP: 'None' }), everything],
    ['that is a load balancer, without a selector', creating({ type: 'LoadBalancer' }), everything],
    ['with a selector, new', creating({ selector }), unmanaged],
    ['that loses its selector', updating({}, { selector }), everything],
    ['whose selector is emptied', updating({ selector: {} }, { selector }), everything],
    ['whose selector becomes null', updating({ selector: null }, { selector }), everything],
    ['that was an ExternalName, without a selector', updating({}, external), everything],
    ['that was an ExternalName with a selector', updating({}, { ...external, selector }), everything],
    ['that was an ExternalName, with a selector', updating({ selector }, external), unmanaged],
    ['whose old state was not sent', creating({}, { operation: 'UPDATE' }), everything],
    ['that is an ExternalName, new', creating(external), []],
    ['that becomes an ExternalName', updating(external, { selector }), []],
    ['that gets a selector', updating({ selector }, {}), []],
    ['whose selector changes', updating({ selector: { app: 'other' } }, { selector }), []],
    ['without a selector, whose ports change', updating({ ports: [{ port: 81 }] }, {}), []],
    ['that is deleted', createReview(null, { ...creating().request, operation: 'DELETE', object: null }), []],
  ])('is read before it is allowed: %s', async (_, review, asked) => {
    const { ask, reads } = await start();
    expect(await ask('/validate', review)).toMatchObject({ allowed: true });
    const said = reads().map(({ url, query }) => query.get('labelSelector') ?? url);
    expect(said.sort()).toEqual([...asked].sort());
  });

  test.each<[string, unknown, object, boolean]>([
    ['Endpoints of its name', creating(), endpointsOf(bad), false],
    ['Endpoints of another name', creating(), endpointsOf(bad, 'other'), true],
    ['Endpoints, with a selector', creating({ selector }), endpointsOf(bad), true],
    ['a slice with its label', creating(), sliceOf(bad), false],
    ['a slice with another label', creating(), sliceOf(bad, 'x', { [serviceNameLabel]: 'other' }), true],
    ['a slice that a controller left', creating(), sliceOf(bad, 'x', byController), false],
    ['a slice that was mirrored', creating(), sliceOf(bad, 'x', byMirroring), false],
    ['a slice of nobody, with a selector', creating({ selector }), sliceOf(bad), false],
    [
      'a slice of somebody, with a selector',
      creating({ selector }),
      sliceOf(bad, 'x', { [managedByLabel]: 'me' }),
      false,
    ],
    ['a slice that a controller left, with a selector', creating({ selector }), sliceOf(bad, 'x', byController), true],
    ['a slice that was mirrored, with a selector', creating({ selector }), sliceOf(bad, 'x', byMirroring), true],
    ['what a controller filled in', updating({}, { selector }), endpointsOf(bad), false],
    ['what is forbidden nowhere', creating(), endpointsOf('10.1.2.3'), true],
  ])('is judged: %s', async (_, review, object, allowed) => {
    const { ask } = await start([object]);
    expect(await ask('/validate', review)).toMatchObject({ allowed });
    expect(await ask('/validate/adopting', review)).toMatchObject({ allowed });
  });
});

describe('a refusal', () => {
  const finding = '"10.200.1.5" is inside the forbidden network 10.200.0.0/16';
  const told = `this Service would put into service what is there already: Endpoints "web" subsets[0].addresses[0].ip: ${finding}: delete that object first, or `;

  test('names the object, the place, the finding, and what to do', async () => {
    const { ask, lines, metric } = await start([endpointsOf(bad)]);
    const { status, auditAnnotations } = await ask('/validate', creating());
    expect(status).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      details: { name: 'web', kind: 'Service', group: '', causes: [{ field: 'spec.selector' }] },
    });
    const [line = '', ...rest] = status?.message.split('\n') ?? [];
    expect(line).toMatch(/^this .*, or ask .* \[endpoints-webhook: forbidden-network\]$/);
    expect(line.slice(0, told.length)).toBe(told);
    expect(status?.details?.causes[0]?.message).toBe(line);
    expect(rest).toEqual([
      'allowed only where user "alice" may create endpoints/restricted named "web" in namespace "shop"; an administrator can grant it:',
      'kubectl create role restricted-endpoints-web --namespace=shop --verb=create --resource=endpoints/restricted --resource-name=web',
      'kubectl create rolebinding restricted-endpoints-web-alice --namespace=shop --role=restricted-endpoints-web --user=alice',
    ]);
    expect(auditAnnotations).toEqual({ decision: 'denied', rules: 'forbidden-network' });
    expect(lines).toContainEqual(
      expect.objectContaining({
        ...{ resource: 'services', name: 'web', rules: ['forbidden-network'], decision: 'denied' },
        first: {
          ...{ rule: 'forbidden-network', object: 'Endpoints/web' },
          ...{ field: 'subsets[0].addresses[0].ip', value: '10.200.1.5' },
        },
      }),
    );
    const labels = 'webhook="validate",resource="services",operation="CREATE",decision="denied",dry_run="false"';
    expect(await metric(`admission_requests_total{${labels}}`)).toBe(1);
    expect(await metric('denials_total{rule="forbidden-network"}')).toBe(1);
    expect(await metric('wakings_total{result="judged"}')).toBe(1);
    expect(await metric('waking_duration_seconds_count')).toBe(1);
  });

  test('of what RBAC exempts nobody from is final', async () => {
    const { ask, cluster } = await start([endpointsOf('127.0.0.1'), sliceOf(bad)]);
    cluster.answering = yes;
    const { status } = await ask('/validate', creating());
    expect(status).toMatchObject({ code: 422, reason: 'Invalid', details: { kind: 'Service', name: 'web' } });
    const causes = status?.details?.causes ?? [];
    expect(causes.map(({ field }) => field)).toEqual(['spec.selector', 'spec.selector']);
    expect(causes[0]?.message).toContain('Endpoints "web" subsets[0].addresses[0].ip: "127.0.0.1"');
    expect(causes[1]?.message).toContain('EndpointSlice "web-1" endpoints[0].addresses[0]: "10.200.1.5"');
    expect(cluster.asked).toEqual([]);
  });

  test('shows ten violations of all objects together, and counts the others', async () => {
    const slices = Array.from({ length: 24 }, (_, i) => sliceOf(bad, `web-${i}`));
    const { ask } = await start([endpointsOf(bad), ...slices]);
    const { status } = await ask('/validate', creating());
    expect(status?.details?.causes).toHaveLength(11);
    const more = 'and 15 more like these or other violations: fix these first [endpoints-webhook]';
    expect(status?.details?.causes.at(-1)).toMatchObject({ message: more, field: 'spec.selector' });
    expect(status?.message).toContain(more);
  });

  test('does not reach further where the name of a slice does', async () => {
    const { ask } = await start([sliceOf(bad, `${'x'.repeat(240)}\u001b[2J"`)]);
    const { status } = await ask('/validate', creating());
    expect(status?.message).not.toContain('\u001b');
    expect(status?.details?.causes[0]?.message.length).toBeLessThanOrEqual(500);
  });
});

describe('what does not refuse', () => {
  test('warns of what the policy warns of, and says what it is', async () => {
    const warned = { 'forbidden-network': { networks: ['10.200.0.0/16'], enforcement: 'warn' } };
    const { ask } = await start([endpointsOf(bad)], { policy: { rules: warned } });
    const { allowed, warnings, auditAnnotations } = await ask('/validate', creating());
    expect(allowed).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/^spec\.selector: this Service puts into service what is there already: Endpoints "web" /),
    ]);
    expect(auditAnnotations).toEqual({ decision: 'allowed', rules: 'forbidden-network' });
  });

  test('whoever is exempt', async () => {
    const exempt = [{ users: ['alice'], rules: ['forbidden-network'] }];
    const { ask } = await start([endpointsOf(bad)], { policy: { ...forbidden, exempt } });
    expect(await ask('/validate', creating())).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'exempt', rules: 'forbidden-network' },
    });
    const userInfo = { username: 'bob', groups: [] };
    expect(await ask('/validate', creating({}, { userInfo }))).toMatchObject({ allowed: false });
  });

  test('audit mode, which nothing refuses', async () => {
    const { ask, cluster } = await start([endpointsOf(bad)], { policy: { ...forbidden, mode: 'audit' } });
    expect(await ask('/validate', creating())).toEqual({
      uid: expect.any(String),
      allowed: true,
      auditAnnotations: { decision: 'allowed', rules: 'forbidden-network' },
    });
    cluster.fault = (_, response) => refuse(response, 500);
    expect(await ask('/validate', creating())).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'allowed', unread: expect.stringContaining('answered 500') },
    });
  });

  test('an administrator who is exempt from all, or whom no rule binds: nothing is read', async () => {
    const exempt = [{ groups: ['system:masters'] }];
    const { ask, reads } = await start([endpointsOf(bad)], { policy: { ...forbidden, exempt } });
    const userInfo = { username: 'root', groups: ['system:masters'] };
    expect(await ask('/validate', creating({}, { userInfo }))).toMatchObject({ allowed: true });
    const none = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));
    const idle = await start([endpointsOf(bad)], { policy: { rules: none } });
    expect(await idle.ask('/validate', creating())).toMatchObject({ allowed: true });
    expect([...reads(), ...idle.reads()]).toEqual([]);
  });

  test('whoever keeps the Service of the API servers, and nobody else', async () => {
    const { ask, cluster } = await start();
    cluster.fault = (_, response) => refuse(response, 500);
    const metadata = { name: 'kubernetes', namespace: 'default' };
    const object = { ...serviceOf(), metadata };
    const by = (username: string, group: string) =>
      createReview(object, {
        ...creating().request,
        ...{ name: 'kubernetes', namespace: 'default', object, userInfo: { username, groups: [group] } },
      });
    expect(await ask('/validate', by('root', 'system:masters'))).toMatchObject({ allowed: true });
    expect(await ask('/validate', by('alice', 'tenants'))).toMatchObject({ allowed: false });
  });

  test('settings of the namespace count', async () => {
    const namespaces = [{ match: ['shop'], rules: { 'forbidden-network': { enforcement: 'none' } } }];
    const { ask } = await start([endpointsOf(bad)], { policy: { ...forbidden, namespaces } });
    expect(await ask('/validate', creating())).toMatchObject({ allowed: true });
  });
});

describe('an RBAC exemption', () => {
  const granting =
    (...resources: readonly string[]) =>
    ({ resourceAttributes: { resource = '' } }: Spec, response: ServerResponse) =>
      answer(response, { allowed: resources.includes(resource) });

  test('is asked for each resource, once', async () => {
    const slices = Array.from({ length: 3 }, (_, i) => sliceOf(bad, `web-${i}`));
    const { ask, cluster } = await start([endpointsOf(bad), ...slices]);
    cluster.answering = yes;
    expect(await ask('/validate', creating())).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'authorized', rules: 'forbidden-network' },
    });
    expect(cluster.asked.map(({ user, resourceAttributes }) => ({ user, ...resourceAttributes }))).toMatchObject([
      {
        user: 'alice',
        verb: 'create',
        resource: 'endpoints',
        subresource: 'restricted',
        namespace: 'shop',
        name: 'web',
      },
      {
        user: 'alice',
        verb: 'create',
        resource: 'endpointslices',
        subresource: 'restricted',
        namespace: 'shop',
        name: '',
      },
    ]);
  });

  test.each([
    [['endpoints'], ['endpointslices']],
    [['endpointslices'], ['endpoints', 'endpointslices']],
    [[], ['endpoints', 'endpointslices']],
  ])('of %j alone is none: what is missing is said', async (granted, missing) => {
    const { ask, cluster } = await start([endpointsOf(bad), sliceOf(bad)]);
    cluster.answering = granting(...granted);
    const { status } = await ask('/validate', creating());
    expect(status).toMatchObject({ code: 403, reason: 'Forbidden' });
    const lines = status?.message.split('\n') ?? [];
    const roles = lines.filter((line) => line.startsWith('kubectl create role '));
    expect(roles.map((line) => /--resource=(\w+)/.exec(line)?.[1])).toEqual(missing);
    for (const resource of missing) expect(lines[2]).toContain(`may create ${resource}/restricted`);
  });

  test('that was not answered is none', async () => {
    const { ask, cluster } = await start([endpointsOf(bad), sliceOf(bad)]);
    cluster.answering = (spec, response) =>
      spec.resourceAttributes.resource === 'endpoints' ? yes(spec, response) : refuse(response, 500);
    const { status } = await ask('/validate', creating());
    expect(status?.message).toMatch(/could not ask whether user "alice" may create endpointslices\/restricted in /);
  });
});

describe('what is found in the Service itself', () => {
  const own = {
    ...forbidden.rules,
    'service-external-ip': { enforcement: 'deny' },
    'forbidden-port': { ports: ['TCP/10250'] },
    'service-target-port': { enforcement: 'warn' },
  };
  const policy = { rules: own };
  const externalIPs = ['192.0.2.1'];

  test('is refused together with what it wakes', async () => {
    const { ask, cluster } = await start([endpointsOf(bad)], { policy });
    const { status } = await ask('/validate', creating({ externalIPs }));
    expect(status?.details?.causes.map(({ field }) => field)).toEqual(['spec.externalIPs[0]', 'spec.selector']);
    const grants = status?.message.split('\n').filter((line) => line.includes('create role ')) ?? [];
    expect(grants.map((line) => /--resource=(\w+)/.exec(line)?.[1])).toEqual(['services', 'endpoints']);
    cluster.answering = yes;
    expect(await ask('/validate', creating({ externalIPs }))).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'authorized', rules: 'service-external-ip,forbidden-network' },
    });
  });

  test('is refused by itself', async () => {
    const { ask } = await start([], { policy });
    const { status } = await ask('/validate', creating({ externalIPs }));
    expect(status).toMatchObject({ code: 403, details: { causes: [{ field: 'spec.externalIPs[0]' }] } });
  });

  test('is refused, and nothing is read, where nobody is exempt', async () => {
    const { ask, reads } = await start([endpointsOf(bad)], { policy });
    const { status } = await ask('/validate', creating({ type: 1 }));
    expect(status?.message).toContain('[endpoints-webhook: well-formed]');
    expect(reads()).toEqual([]);
  });

  test('is warned of together with what it wakes', async () => {
    const warned = { ...own['service-target-port'], enforcement: 'warn' };
    const network = { networks: ['10.200.0.0/16'], enforcement: 'warn' };
    const { ask } = await start([endpointsOf(bad)], {
      policy: { rules: { ...own, 'service-target-port': warned, 'forbidden-network': network } },
    });
    const { allowed, warnings } = await ask('/validate', creating({ ports: [{ port: 10250 }] }));
    expect(allowed).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/^spec\.ports\[0\].*\[(?:endpoints-webhook: )?service-target-port\]$/),
      expect.stringMatching(/^spec\.selector: this Service puts into service/),
    ]);
  });
});

describe('the state of the cluster counts', () => {
  const { pods } = collections;
  const own = runningPod('shop', 'web-0', '10.244.1.1');
  const foreign = runningPod('bank', 'db-0', '10.244.2.9');
  const prepare = (cluster: FakeCluster) => {
    for (const pod of [own, foreign]) cluster.put(pods, pod);
  };
  const policy = {};

  test.each<[string, object, boolean]>([
    ['an own pod', endpointsOf('10.244.1.1'), true],
    ['a pod of another namespace', endpointsOf('10.244.2.9'), false],
    ['a pod of another namespace, in a slice', sliceOf('10.244.2.9'), false],
  ])('the address of %s', async (_, object, allowed) => {
    const { ask, looks } = await start([object], { policy, prepare });
    const answered = await ask('/validate', creating());
    expect(answered).toMatchObject({ allowed });
    expect(looks()).toHaveLength(allowed ? 0 : 1);
    if (!allowed) {
      expect(answered.status?.message).toContain('is the address of a pod of another namespace: delete that object');
      expect(JSON.stringify(answered.status)).not.toContain('bank');
      expect(answered.auditAnnotations).toMatchObject({ holders: '10.244.2.9 bank/db-0' });
    }
  });

  test('a pod that is gone has its address no more', async () => {
    const { ask, cluster } = await start([endpointsOf('10.244.2.9')], {
      policy: { rules: { 'foreign-pod': { enforcement: 'deny' } } },
      prepare,
    });
    cluster.hang();
    cluster.resume();
    cluster.remove(pods, 'bank/db-0');
    expect(await ask('/validate', creating())).toMatchObject({ allowed: true });
  });

  test('many doubts at once are settled together', async () => {
    const slices = Array.from({ length: 8 }, (_, i) => sliceOf(`10.244.9.${i}`, `web-${i}`));
    const { ask } = await start(slices, { policy, prepare });
    const { status } = await ask('/validate?timeout=10s', creating());
    expect(status?.details?.causes).toHaveLength(8);
    for (const { message } of status?.details?.causes ?? []) expect(message).toContain('no pod is known to have it');
  });
});

describe('what is large', () => {
  const addresses = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ ip: `10.1.${i >> 8}.${i & 255}`, nodeName: `node-${i}` }));
  const largeOf = (ips: readonly object[]) => ({
    ...endpointsOf(bad),
    subsets: [{ addresses: ips, ports: [{ port: 80, protocol: 'TCP' }] }],
  });

  test('is judged by the thread for large objects', async () => {
    const { ask, cluster } = await start([largeOf([...addresses(20_000), { ip: bad }])]);
    const { status } = await ask('/validate?timeout=30s', creating());
    expect(status?.message).toContain('Endpoints "web" subsets[0].addresses[20000].ip: "10.200.1.5" is inside');
    put(cluster, largeOf(addresses(20_000)));
    expect(await ask('/validate?timeout=30s', creating())).toMatchObject({ allowed: true });
  });

  test('may be the Service itself', async () => {
    const { ask } = await start([endpointsOf(bad)]);
    const metadata = { ...serviceOf().metadata, annotations: { long: 'x'.repeat(300_000) } };
    const answered = await ask(
      '/validate?timeout=30s',
      createReview({ ...serviceOf(), metadata }, { ...creating().request, object: { ...serviceOf(), metadata } }),
    );
    expect(answered.status?.message).toContain('Endpoints "web" subsets[0].addresses[0].ip: "10.200.1.5" is inside');
  });

  test('is refused where there is no memory for it', async () => {
    const serve = { maxRequestBytes: 262_144, maxInFlightBytes: 600_000 };
    const { ask } = await start([largeOf(addresses(20_000))], { serve });
    const { allowed, status } = await ask('/validate?timeout=30s', creating());
    expect(allowed).toBe(false);
    expect(status?.message).toContain(
      'could not read what this Service would put into service: there is no memory left',
    );
  });
});

describe('what cannot be read', () => {
  const could = 'could not read what this Service would put into service: ';
  const isSlices = (url: string) => url.includes('/endpointslices?');
  const isEndpoints = (url: string) => url.includes('/endpoints/');
  const faults: readonly [string, (url: string) => boolean, (response: ServerResponse) => void, string][] = [
    [
      'slices that may not be listed',
      isSlices,
      (response) => refuse(response, 403),
      'the API server answered 403 when asked to list endpointslices: endpoints-webhook has to be granted that',
    ],
    [
      'Endpoints that may not be got',
      isEndpoints,
      (response) => refuse(response, 403),
      'the API server answered 403 when asked to get endpoints: endpoints-webhook has to be granted that',
    ],
    ['a 404 of something else', isEndpoints, (response) => response.writeHead(404).end('{}'), 'answered 404'],
    ['slices that are not served', isSlices, (response) => refuse(response, 404), 'answered 404'],
    ['an API server that is overloaded', isSlices, (response) => refuse(response, 429), 'answered 429'],
    [
      'other objects',
      isEndpoints,
      (response) => sendJson(response, 200, { kind: 'Pod' }),
      'something else than Endpoints',
    ],
    ['no list', isSlices, (response) => sendJson(response, 200, {}), 'no list'],
    ['a list without items', isSlices, (response) => sendJson(response, 200, { items: null }), 'no list'],
    ['half a list', isSlices, (response) => response.writeHead(200).end('{"items":[{"a":1},{'), 'no list'],
    ['two lists', isSlices, (response) => response.writeHead(200).end('{"items":[],"items":[{}]}'), 'no list'],
    [
      'an item that is no JSON',
      isSlices,
      (response) => response.writeHead(200).end('{"items":[{"a":}]}'),
      'an object of it could not be judged',
    ],
    ['no JSON', isSlices, (response) => response.writeHead(200).end('<html>'), 'no list'],
    ['a connection that breaks', isSlices, (response) => response.destroy(), 'did not answer'],
    ['a long answer', isSlices, (response) => response.writeHead(200).end(' '.repeat(16_777_217)), 'is larger than'],
  ];
  test.each(faults)('is refused: %s', async (_, isMeant, fault, reason) => {
    const { ask, cluster, lines, metric } = await start([], {
      serve: { maxInFlightBytes: 2 ** 27, logDenials: false },
    });
    cluster.fault = ({ url }, response) => {
      if (isMeant(url)) fault(response);
      return isMeant(url);
    };
    const { allowed, status, auditAnnotations } = await ask('/validate', creating());
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 422, details: { kind: 'Service', causes: [{ field: 'spec.selector' }] } });
    expect(status?.message.slice(0, could.length)).toBe(could);
    expect(status?.message).toContain(reason);
    expect(auditAnnotations).toMatchObject({ decision: 'denied', unread: expect.stringContaining(reason) });
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, unread: expect.stringContaining(reason) }));
    expect(await metric('wakings_total{result="unread"}')).toBe(1);
  });

  test('is refused: more slices than a page has', async () => {
    const slices = Array.from({ length: 101 }, (_, i) => sliceOf('10.1.2.3', `web-${i}`));
    const { ask, cluster } = await start(slices);
    const { status } = await ask('/validate', creating());
    expect(status?.message).toContain(`${could}more than 100 EndpointSlices have its label`);
    cluster.remove(places.EndpointSlice, 'shop/web-0');
    expect(await ask('/validate', creating())).toMatchObject({ allowed: true });
  });

  test.each<[string, number, number]>([
    ['more slices than a page has', 101, 0],
    ['slices that are too large', 5, 1_000_000],
  ])('is refused wherever slices may be adopted, whatever the policy says: %s', async (_, count, size) => {
    const policy = { ...forbidden, cluster: { whenUnknown: 'warn' } };
    const { ask, cluster } = await start([], { policy, serve: { maxInFlightBytes: 2 ** 27 } });
    const annotations = { long: 'x'.repeat(size) };
    for (let i = 0; i < count; i++) {
      const { metadata, ...rest } = sliceOf('10.1.2.3', `web-${i}`);
      put(cluster, { ...rest, metadata: { ...metadata, annotations } });
    }
    const { allowed, status } = await ask('/validate/adopting?timeout=30s', creating({ selector }));
    expect(allowed).toBe(false);
    expect(status?.message).toContain(could);
    for (let i = 0; i < count; i++) cluster.remove(places.EndpointSlice, `shop/web-${i}`);
    expect(await ask('/validate/adopting?timeout=30s', creating({ selector }))).toEqual({
      uid: expect.any(String),
      allowed: true,
      auditAnnotations: { decision: 'allowed' },
    });
  });

  test.each([
    ['no cluster to ask', undefined, 'no cluster to ask: run in a pod or give --kubeconfig'],
    ['a kubeconfig that cannot be used', '/nowhere/kubeconfig', 'there is no connection to an API server: see the log'],
  ])('is refused: %s', async (_, kubeconfig, reason) => {
    const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
    const policy = join(folder, 'policy.yaml');
    const others = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));
    const source = {
      apiVersion: 'endpoints-webhook.io/v1alpha1',
      kind: 'Policy',
      rules: { ...others, 'port-range': {} },
    };
    writeFileSync(policy, JSON.stringify(source));
    const { ask, running } = await startWebhook({ policy, ...(kubeconfig !== undefined && { kubeconfig }) });
    onTestFinished(async () => {
      await running.close();
      rmSync(folder, { recursive: true });
    });
    const { allowed, status } = await ask('/validate', creating());
    expect(allowed).toBe(false);
    expect(status?.message).toContain(`${could}${reason}`);
    expect(await ask('/validate', creating(external))).toMatchObject({ allowed: true });
    expect(await ask('/validate/adopting', creating({ selector }))).toMatchObject({
      allowed: true,
      warnings: [expect.stringContaining(reason)],
    });
  });

  test('is refused in time: an API server that hangs', async () => {
    const { ask, cluster } = await start();
    cluster.hang();
    const { status } = await ask('/validate?timeout=1s', creating());
    expect(status?.message).toMatch(/could not read .*: the API server did not answer within \d+ ms: try again/);
  });

  test.each([
    ['64 others', 64, (i: number) => `shop-${i % 5}`, /64 others wait/],
    ['16 others of the namespace', 16, () => 'shop', /16 others of this namespace wait/],
  ])('is refused at once while %s wait', async (_, count, namespaceOf, reason) => {
    const { ask, cluster, metric } = await start([], { serve: { maxSharePerClient: 1 } });
    cluster.hang();
    const answers = Array.from({ length: count }, (_, i) =>
      ask('/validate', creating({}, { namespace: namespaceOf(i) })),
    );
    await eventually(async () => expect(await metric('requests_in_flight')).toBe(count), { interval: 5 });
    const { status } = await ask('/validate', creating({}, { namespace: namespaceOf(count) }));
    expect(status?.message).toMatch(reason);
    for (const one of await Promise.all(answers)) expect(one.status?.message).toMatch(/did not answer/);
  });

  test('goes on with a warning where slices may be adopted, and only there', async () => {
    const { ask, cluster } = await start();
    cluster.fault = (_, response) => refuse(response, 500);
    const warnings = [expect.stringContaining(`${could}the API server answered 500`)];
    for (const path of ['/validate', '/validate/adopting']) {
      expect(await ask(path, creating({ selector }))).toMatchObject({ allowed: true, warnings });
      expect(await ask(path, creating())).toMatchObject({ allowed: false });
    }
  });

  test('goes on with a warning where the policy says so', async () => {
    const { ask, cluster } = await start([], { policy: { ...forbidden, cluster: { whenUnknown: 'warn' } } });
    cluster.fault = (_, response) => refuse(response, 500);
    expect(await ask('/validate', creating())).toMatchObject({
      allowed: true,
      warnings: [expect.stringContaining(could)],
    });
  });

  test.each(['..', 'a/b', 'x?y', '', 'Web'])('is refused: a Service called %j', async (name) => {
    const { ask, reads } = await start();
    const object = { ...serviceOf(), metadata: { name, namespace: 'shop' } };
    const { allowed } = await ask('/validate', createReview(object, { ...creating().request, object }));
    expect(allowed).toBe(false);
    expect(reads()).toEqual([]);
  });

  test.each(['..', 'a/b', ''])('is refused: the namespace %j', async (namespace) => {
    const { ask, reads } = await start();
    expect(await ask('/validate', creating({}, { namespace }))).toMatchObject({ allowed: false });
    expect(reads()).toEqual([]);
  });

  test('does not hide what is refused for good', async () => {
    const { ask, cluster } = await start([endpointsOf('127.0.0.1')]);
    cluster.fault = ({ url }, response) => {
      if (isSlices(url)) response.writeHead(200).end('{"items":[{"a":}]}');
      return isSlices(url);
    };
    const { status } = await ask('/validate', creating());
    expect(status?.message).toContain('Endpoints "web" subsets[0].addresses[0].ip: "127.0.0.1"');
  });
});

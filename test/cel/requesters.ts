import { parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { goodEndpoints, goodSlice } from '../e2e/support/objects.ts';
import type { Case } from './case.ts';

const policy = read({
  rules: {
    'forbidden-network': { networks: ['10.0.0.0/8'] },
    'forbidden-port': { presets: ['control-plane'], enforcement: 'audit' },
  },
  namespaces: [
    { match: ['team-*', 'shop'], rules: { 'forbidden-network': { networks: ['192.0.2.0/24'] } } },
    { match: ['*-test'], rules: { 'forbidden-port': { enforcement: 'warn' }, protocol: { enforcement: 'none' } } },
  ],
  exempt: [
    { users: ['ci:*'], rules: ['forbidden-network', 'fqdn-address'] },
    { groups: ['t*m-net'], namespaces: ['shop', 'team-*'] },
  ],
});

const audited = read({ mode: 'audit' });

const requesters = [
  { title: 'a tenant', user: 'tenant', groups: ['tenants'] },
  { title: 'an exempt user', user: 'ci:deployer', groups: [] },
  { title: 'an exempt group', user: 'somebody', groups: ['tenants', 'team-net'] },
  { title: 'who may create the restricted subresource', user: 'operator', groups: ['operators'], restricted: true },
];

const port = { name: 'api', port: 6443, protocol: 'TCP' };

const contents = [
  { title: 'a network', kind: 'Endpoints', object: goodEndpoints('web') },
  { title: 'a network of some namespaces', kind: 'Endpoints', object: goodEndpoints('web', '192.0.2.1') },
  {
    title: 'a network and a protocol',
    kind: 'Endpoints',
    object: withPort(goodEndpoints('web'), { ...port, protocol: 'SCTP' }),
  },
  { title: 'a port', kind: 'Endpoints', object: withPort(goodEndpoints('web', '203.0.113.1'), port) },
  { title: 'a network and a port', kind: 'EndpointSlice', object: { ...goodSlice('web'), ports: [port] } },
  {
    title: 'every port',
    kind: 'EndpointSlice',
    object: { ...goodSlice('web', '203.0.113.1'), ports: [{ port: null }] },
  },
  ...['db.example', '10.1.2.3', '127.0.0.1'].map((name) => ({
    title: `the name ${name}`,
    kind: 'EndpointSlice' as const,
    object: { ...goodSlice('web', name), addressType: 'FQDN' },
  })),
] as const;

/** Who asks where, of a policy with exemptions and namespaces. */
export function requesterCases(): readonly Case[] {
  return contents.flatMap(({ title, ...content }) => {
    const created = { ...content, name: 'web', operation: 'CREATE' } as const;
    const cases = requesters.flatMap(({ title: who, ...requester }) =>
      ['shop', 'team-a', 'team-a-test', 'shop-test', 'default'].map(
        (namespace): Case => ({
          ...created,
          ...requester,
          policy,
          namespace,
          title: `${title}, ${who}, in ${namespace}`,
        }),
      ),
    );
    return [...cases, { ...created, ...requesters[0], policy: audited, namespace: 'shop', title: `${title}, audited` }];
  });
}

function withPort(object: ReturnType<typeof goodEndpoints>, added: object) {
  return { ...object, subsets: object.subsets.map(({ addresses }) => ({ addresses, ports: [added] })) };
}

function read(settings: object) {
  const found = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1', kind: 'Policy', ...settings });
  if (!found.policy) throw new Error(found.findings.map(policyFindingText).join('\n'));
  return found.policy;
}

import { type Policy, parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { goodEndpoints, goodSlice } from '../e2e/support/objects.ts';
import type { Case } from './case.ts';

/** Half of it is invisible, and what is printed has to mean it all the same. */
const invisibleUser = 'odd\u202e"\\##[x]\u3164\u{e0041}';

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
    { users: [invisibleUser], rules: ['forbidden-network'] },
    { users: ['ci:*'], rules: ['forbidden-network', 'fqdn-address'] },
    { groups: ['t*m-net'], namespaces: ['shop', 'team-*'] },
  ],
});

const audited = read({ mode: 'audit' });

const namespaces = ['shop', 'team-a', 'team-a-test', 'shop-test', 'default'];

type Requester = Pick<Case, 'title' | 'user' | 'groups' | 'restricted' | 'wildcard'>;

const requesters: readonly [Requester, ...Requester[]] = [
  { title: 'a tenant', user: 'tenant', groups: ['tenants'] },
  { title: 'an exempt user', user: 'ci:deployer', groups: [] },
  { title: 'an exempt user whom nobody could read', user: invisibleUser, groups: [] },
  { title: 'an exempt group', user: 'somebody', groups: ['tenants', 'team-net'] },
  { title: 'who may create the restricted subresource', user: 'operator', groups: ['operators'], restricted: true },
];

const wildcards: readonly Requester[] = [
  { title: 'who may create everything in the namespace', user: 'landlord', groups: [], wildcard: 'namespace' },
  { title: 'who may create everything', user: 'administrator', groups: [], wildcard: 'cluster' },
  { title: 'who may by name and by *', user: 'both', groups: [], restricted: true, wildcard: 'namespace' },
  { title: 'of whom only the name is known', user: 'unclear', groups: [], restricted: true, wildcard: 'failing' },
];

const port = { name: 'api', port: 6443, protocol: 'TCP' };

const addresses = ['10.1.2.3', '192.0.2.1', '64:ff9b::c000:201', 'fd00:ec2::254'];

const externalName = 'db.bank.svc';

const contents: readonly Pick<Case, 'title' | 'kind' | 'object'>[] = [
  {
    title: externalName,
    kind: 'Service',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { type: 'ExternalName', externalName },
    },
  },
  ...addresses.map((ip) => ({ title: ip, kind: 'Endpoints' as const, object: goodEndpoints('web', ip) })),
  ...addresses.map((ip) => slice(ip, ip.includes(':') ? 'IPv6' : 'IPv4')),
  ...['10.1.2.3', '192.0.2.1', '127.0.0.1', 'db.example'].map((name) => slice(name, 'FQDN')),
  slice('10.1.2.3', 'IPv4', port),
  slice('203.0.113.1', 'IPv4', { port: null }),
  { title: 'a port', kind: 'Endpoints', object: endpoints('203.0.113.1', port) },
  { title: 'no ports', kind: 'Endpoints', object: endpoints('203.0.113.1') },
  slice('203.0.113.1', 'IPv4', null),
  {
    title: 'an address and a protocol',
    kind: 'Endpoints',
    object: endpoints('10.1.2.3', { ...port, protocol: 'SCTP' }),
  },
];

/** Of each choice what becomes of whom. */
function wildcardCases(): readonly Case[] {
  return ['cluster', 'never'].flatMap((choice) => {
    const networks = { 'forbidden-network': { networks: ['10.0.0.0/8'] } };
    const by = read({ rules: networks, authorization: { wildcards: choice } });
    return [...requesters, ...wildcards].flatMap(({ title: who, ...requester }) =>
      contents
        .filter(({ title }) => [externalName, '10.1.2.3'].includes(title) || title.startsWith('FQDN db.example'))
        .map(({ title, ...content }): Case => {
          const created = { ...content, name: 'web', operation: 'CREATE', namespace: 'shop' } as const;
          return { ...created, ...requester, policy: by, title: `${title}, ${who}, wildcards ${choice}` };
        }),
    );
  });
}

/** Who asks where, of a policy with exemptions and namespaces. */
export function requesterCases(): readonly Case[] {
  const asking = contents.flatMap(({ title, ...content }) => {
    const created = { ...content, name: 'web', operation: 'CREATE' } as const;
    const asked = (requester: Requester, namespace: string, by: Policy): Case => {
      const { title: who, ...rest } = requester;
      return { ...created, ...rest, namespace, policy: by, title: `${title}, ${who}, in ${namespace}` };
    };
    return [
      ...requesters.flatMap((requester) => namespaces.map((namespace) => asked(requester, namespace, policy))),
      ...wildcards.map((requester) => asked(requester, 'shop', policy)),
      asked(requesters[0], 'shop', audited),
    ];
  });
  return [...asking, ...wildcardCases()];
}

function slice(address: string, addressType: string, only: object | null = { ...port, port: 80 }) {
  const object = { ...goodSlice('web', address), addressType, ports: only && [only] };
  return { title: `${addressType} ${address} ${JSON.stringify(only)}`, kind: 'EndpointSlice' as const, object };
}

function endpoints(ip: string, ...ports: readonly object[]) {
  return { ...goodEndpoints('web'), subsets: [{ addresses: [{ ip }], ports }] };
}

function read(settings: object): Policy {
  const found = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...settings });
  if (!found.policy) throw new Error(found.findings.map(policyFindingText).join('\n'));
  return found.policy;
}

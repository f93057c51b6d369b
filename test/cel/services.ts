import { defaultPolicySource, parsePolicy } from '../../src/policy/policy.ts';
import { tenant } from '../e2e/support/names.ts';
import { serviceRules, serviceUpdates } from '../support/service-updates.ts';
import type { Case } from './case.ts';

/** Changes of Services, and namespaces that own what others do not. */
export function serviceCases(): readonly Case[] {
  const { policy } = parsePolicy({ ...defaultPolicySource, rules: serviceRules });
  if (!policy) throw new Error('the policy of Services cannot be read');
  const who = { kind: 'Service', user: tenant.user, groups: tenant.groups ?? [], name: 'web', policy } as const;
  const update = { ...who, operation: 'UPDATE', namespace: 'shop' } as const;
  const create = { ...who, operation: 'CREATE' } as const;
  return [
    ...serviceUpdates.map(({ title, before, after }) => ({
      ...{ ...update, title: `a Service, ${title}`, object: service(after), oldObject: service(before) },
    })),
    ...names.flatMap((externalName) =>
      ['shop', 'bank', 'svc', 'default', 'example', 'team-a'].map((namespace) => ({
        ...{ ...create, namespace, title: `${externalName} in ${namespace}` },
        object: service({ type: 'ExternalName', externalName }),
      })),
    ),
    {
      ...create,
      namespace: 'shop',
      restricted: true,
      title: 'exempt by RBAC',
      object: service({ externalIPs: ['10.0.0.1'] }),
    },
    { ...create, namespace: 'shop', title: 'no port', object: service({ ports: [{ port: 443, targetPort: 0 }] }) },
    ...askedCases(update),
  ];
}

const names = [
  ...[
    'kubernetes.default',
    'db.shop',
    'db.shop.svc',
    'db.shop.svc.k8s.example',
    'db.shop.svc.k8s.example.',
    'db.bank.svc',
  ],
  ...[
    'secret.other.svc',
    'a.b.bank.svc.clusterset.local',
    'x.svc',
    'svc',
    '10-0-0-1.bank.pod',
    'db.example',
    'k8s.example',
  ],
  ...['node.k8s.example', 'metadata.google.internal', 'db.team-a', 'db.xn--p1ai', 'a.localhost', '0x7f.1', '1.2.3.4.'],
];

function service(spec: object) {
  const ports = [{ port: 80, protocol: 'TCP' }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports, ...spec } };
}

/** Whether an API server asks anybody about a write that breaks no rule: by whom it is, and by what it changes. */
function askedCases(update: Omit<Case, 'title' | 'object'>): readonly Case[] {
  const before = service({});
  const bad = service({ externalIPs: ['10.96.0.1'] });
  const finalizers = (count: number) => ({ finalizers: Array.from({ length: count }, (_, i) => `example.com/${i}`) });
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u' };
  const changed = (title: string, metadata: object, asked: boolean, old: object = {}): Case => ({
    ...{ ...update, asked, title: `a Service with ${title}` },
    object: { ...before, metadata: { name: 'web', ...metadata } },
    oldObject: { ...before, metadata: { name: 'web', ...old } },
  });
  const kubernetes = { namespace: 'default', name: 'kubernetes', object: bad, oldObject: before };
  return [
    changed('other labels', { labels: { app: 'web' } }, false),
    changed('another prefix', { generateName: 'w-' }, true),
    changed('an owner', { ownerReferences: [owner] }, true),
    changed('a finalizer', finalizers(1), true),
    changed('a finalizer less', {}, false, finalizers(1)),
    changed('many finalizers', finalizers(320), true, finalizers(320)),
    {
      ...update,
      asked: true,
      title: 'a Service with another spec',
      object: service({ sessionAffinity: 'ClientIP' }),
      oldObject: before,
    },
    {
      ...update,
      asked: false,
      title: 'a Service of a controller',
      user: 'system:kube-controller-manager',
      object: bad,
      oldObject: before,
    },
    { ...update, ...kubernetes, asked: false, title: 'kubernetes, by a master', groups: ['system:masters'] },
    { ...update, ...kubernetes, asked: false, title: 'kubernetes, by the API server', user: 'system:apiserver' },
    { ...update, ...kubernetes, asked: true, title: 'kubernetes, by a tenant' },
    {
      ...update,
      ...kubernetes,
      asked: true,
      namespace: 'shop',
      title: 'another kubernetes',
      groups: ['system:masters'],
    },
    { ...update, ...kubernetes, asked: true, name: 'web', title: 'another in default', groups: ['system:masters'] },
  ];
}

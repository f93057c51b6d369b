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
      ['shop', 'bank', 'svc', 'default', 'example'].map((namespace) => ({
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

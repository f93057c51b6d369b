import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { type Fields, fieldsOf } from '../../src/json/fields.ts';
import { valueAt } from '../../src/json/value-at.ts';
import { defaultPolicySource, parsePolicy } from '../../src/policy/policy.ts';
import { type JudgedObject, judge } from '../../src/review/judge.ts';
import { review } from '../../src/review/review.ts';
import { rules } from '../../src/rules/index.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';
import {
  firstExternalIP as ip,
  externalName as name,
  named,
  targetPort as port,
  serviceRules,
  serviceUpdates,
  to,
} from '../support/service-updates.ts';

function policyOf(settings: object) {
  const { policy } = parsePolicy({ ...defaultPolicySource, rules: settings });
  return policy ?? expect.unreachable();
}

const policy = policyOf(serviceRules);
const service = (spec: unknown): Fields => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });

/** What is found in a Service, such as `service-external-ip spec.externalIPs[0]`. */
function found(spec: unknown, over: Partial<JudgedObject> = {}): readonly string[] {
  const asked = { kind: 'Service', operation: 'CREATE', namespace: 'shop', object: service(spec), ...over } as const;
  return judge(policy, asked).violations.map(({ rule, finding }) => `${rule.id} ${pathText(finding.path)}`);
}

const updated = (before: unknown, spec: unknown) => found(spec, { operation: 'UPDATE', previous: service(before) });

describe('an UPDATE is judged by what it adds', () => {
  test.each(serviceUpdates)('$title', ({ before, after, violated }) => {
    expect(updated(before, after)).toEqual(violated);
  });

  test('everything is new where nobody can read what it replaces', () => {
    const spec = { ...named('metadata'), ...to(10250), externalIPs: ['10.96.0.1'] };
    for (const previous of [undefined, null, 5, []])
      expect(found(spec, { operation: 'UPDATE', previous })).toEqual([ip, name, port]);
  });
});

describe('service-external-name', () => {
  const problems = (externalName: string, namespace = 'shop') => found(named(externalName), { namespace });

  test.each([
    ...['kubernetes.default', 'secret.other.svc', 'secret.other.svc.k8s.example.', 'a.k8s.example', 'k8s.example'],
    ...[
      'METADATA.google.internal',
      'db.shop.SVC',
      'ｍetadata',
      '169。254。169。254',
      '[fd00::1]',
      'fd00::1',
      '.',
      '..',
    ],
    ...['user@metadata', 'a/b', 'svc', 'x.pod', 'a.b.shop.pod.k8s.example', 'shop.svc'],
  ])('refuses %s', (text) => {
    expect(problems(text)).toEqual(text === 'db.shop.SVC' ? [] : [name]);
  });

  test.each([
    'db.shop.svc',
    'db.shop.svc.k8s.example',
    'db.shop',
    'db.example.com',
    'db.bank.svc.cluster.local.example.org',
  ])('lets %s through in the namespace shop', (text) => expect(problems(text)).toEqual([]));

  test('a name that ends in the own namespace is that of a Service of it', () => {
    expect(problems('db.team-a', 'team-a')).toEqual([]);
    expect(problems('db.team-a')).toEqual([name]);
  });

  test.each([
    ['svc', 'secret.other.svc'],
    ['pod', '10-0-0-1.bank.pod'],
    ['a(b', 'db.bank.svc'],
    ['.*', 'db.bank.svc'],
    ['', 'db..svc'],
    ['internal', 'metadata.google.internal'],
    ['example', 'db.k8s.example'],
  ])('a namespace "%s" owns no more than its Services', (namespace, text) => {
    expect(problems(text, namespace)).toEqual([name]);
  });

  test('names that the policy lists are read as names are compared', () => {
    const own = policyOf({ 'service-external-name': { names: ['*.Bank.example'], allowed: ['VAULT.bank.example'] } });
    const judged = (externalName: string) =>
      judge(own, { kind: 'Service', operation: 'CREATE', namespace: 'shop', object: service(named(externalName)) })
        .violations.length;
    expect(['a.bank.example.', 'A.BANK.example', 'vault.bank.example.', 'bank.example'].map(judged)).toEqual([
      1, 1, 0, 0,
    ]);
  });

  test('a policy with a domain that is none is refused', () => {
    const { findings } = parsePolicy({
      ...defaultPolicySource,
      rules: { 'service-external-name': { clusterDomain: 'cluster local' } },
    });
    expect(findings?.map(({ message }) => message)).toEqual([
      expect.stringContaining('"cluster local" is not a domain such as cluster.local'),
    ]);
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('169.254.169.254', 'metadata', 'db.bank.svc', 'db', '10.96.0.1', '0x7f000001', 'fd00::1', ''),
);
const number = fc.oneof(fc.constantFrom<unknown>(0, 80, 10250, '10250', 'http', -1, 65536, 1.5, null), fc.anything());
const spec = fc.oneof(
  fc.anything(),
  fc.record(
    {
      type: fc.oneof(fc.constantFrom('ClusterIP', 'ExternalName', 'LoadBalancer', '', null), fc.anything()),
      selector: fc.oneof(fc.constantFrom({}, null, { app: 'web' }), fc.anything()),
      externalName: fc.oneof(text, fc.anything()),
      externalIPs: fc.oneof(fc.array(fc.oneof(text, fc.anything())), fc.anything()),
      ports: fc.oneof(
        fc.array(
          fc.oneof(
            fc.record(
              { port: number, targetPort: number, protocol: fc.constantFrom('TCP', '', null, 5) },
              { requiredKeys: [] },
            ),
            fc.anything(),
          ),
        ),
        fc.anything(),
      ),
    },
    { requiredKeys: [] },
  ),
);

test('whatever a Service is, each violation is of a field that is there and that the rule documents', () => {
  const all = new Map([wellFormed, ...rules].map((rule) => [rule.id, rule.fields]));
  fc.assert(
    fc.property(spec, spec, fc.string(), (before, now, namespace) => {
      for (const previous of [undefined, service(before)]) {
        const asked = { kind: 'Service', operation: 'UPDATE', namespace, object: service(now), previous } as const;
        for (const { rule, finding } of judge(policy, asked).violations) {
          const field = pathText(finding.path).replace(/\[\d+\]/g, '[*]');
          expect(all.get(rule.id)).toContain(field);
          expect(valueAt(asked.object, finding.path.slice(0, -1))).toBeDefined();
          if (rule.id !== wellFormed.id) expect(valueAt(asked.object, finding.path)).toBeDefined();
        }
      }
    }),
  );
});

test('an UPDATE that leaves the spec as it is goes on, whatever is in it', () => {
  const requester = { user: 'tenant', groups: [] };
  fc.assert(
    fc.property(spec, fc.dictionary(fc.string(), fc.string()), (same, labels) => {
      const [object, previous] = [{ name: 'web', labels }, { name: 'web' }].map((metadata) => ({
        ...service(same),
        metadata,
      }));
      const asked = { kind: 'Service', operation: 'UPDATE', namespace: 'shop', requester, object, previous } as const;
      expect(review(policy, asked).allowed).toBe(true);
    }),
  );
});

test('new owners and finalizers of a Service are no reason to refuse what was there', () => {
  const metadata = { name: 'web', finalizers: ['service.kubernetes.io/load-balancer-cleanup'] };
  const spec = { ...named('metadata'), ...to(10250), externalIPs: ['10.96.0.1'] };
  const over = { operation: 'UPDATE', object: { ...service(spec), metadata }, previous: service(spec) } as const;
  expect(fieldsOf(over.object.metadata).finalizers).toHaveLength(1);
  expect(found(spec, over)).toEqual([]);
});

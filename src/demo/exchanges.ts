import type { Kind } from '../endpoints/view.ts';
import { isFields } from '../json/fields.ts';
import { kinds } from '../kinds/index.ts';
import { judgeExample } from '../review/judge-example.ts';
import { exampleObject } from '../rules/example.ts';
import { rules } from '../rules/index.ts';
import type { DocumentedRule } from '../rules/rule.ts';
import { wellFormed } from '../rules/well-formed.ts';

/** A review, how it is shown, and what must come back. */
export interface Exchange {
  readonly title: string;
  readonly path: string;
  readonly uid: string;
  readonly body: string;
  /** What of the body is printed. */
  readonly shown: string;
  /** Whether the body is sent to its end. */
  readonly complete: boolean;
  /** What is wrong with an answer; `undefined` where nothing is. */
  expect(answer: Readonly<Record<string, unknown>>): string | undefined;
}

/** The example request of “Creating an Endpoints Object”. */
export const example = {
  kind: 'Endpoints' as const,
  apiVersion: 'v1',
  metadata: { name: 'cluster-test' },
  subsets: [
    { addresses: [{ ip: '172.16.106.152' }], ports: [{ port: 1 }] },
    { addresses: [{ ip: '172.16.79.157' }], ports: [{ port: 1 }] },
  ],
};

/** The subsets of its example response. */
const exampleResponse = [
  {
    addresses: [{ ip: '172.16.106.152' }, { ip: '172.16.79.157' }],
    ports: [{ port: 1, protocol: 'TCP' }],
  },
];

/** A slice of the Service `web`, as a tenant writes one by hand. */
const validSlice = {
  kind: 'EndpointSlice' as const,
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
};

/** The rules whose examples the default policy denies or warns of. */
const demonstrated = [wellFormed, ...rules].filter(
  ({ enforcement, exampleParameters }) => (enforcement === 'deny' || enforcement === 'warn') && !exampleParameters,
);

export function createExchanges(): readonly Exchange[] {
  return [
    createExchange(
      'The example of “Creating an Endpoints Object” comes out as its example response',
      '/mutate',
      example,
      expectPatch,
    ),
    createExchange('It is valid', '/validate', example, expectAllowed),
    ...demonstrated.flatMap((rule) => rule.kinds.map((kind) => violationOf(rule, kind))),
    createExchange('An EndpointSlice that is valid', '/validate', validSlice, expectAllowed),
    {
      ...createExchange(
        'Too slow: the body never ends',
        '/validate?timeout=2s',
        example,
        expectDenied(504, 'deadline'),
      ),
      complete: false,
    },
    oversized(),
  ];
}

/** A rule's example; of its second kind the title says so. */
function violationOf(rule: DocumentedRule, kind: Kind): Exchange {
  const which = kind === rule.kinds[0] ? '' : ` (${kind})`;
  const object = { ...exampleObject(rule, kind), kind };
  if (rule.enforcement === 'warn')
    return createExchange(`Warned of by ${rule.id}${which}`, '/validate', object, expectWarning(rule.id));
  const denied = judgeExample(rule, kind).filter(({ enforcement }) => enforcement === 'deny');
  const code = denied.every((violation) => violation.rule.exemptibleByRbac) ? 403 : 422;
  return createExchange(`Refused by ${rule.id}${which}`, '/validate', object, expectDenied(code, `${rule.id}]`));
}

/** An object to be judged, as the kind it says it is. */
interface KindedObject {
  readonly kind: Kind;
  readonly [field: string]: unknown;
}

export function createExchange(
  title: string,
  path: string,
  object: KindedObject,
  expect: Exchange['expect'],
): Exchange {
  const uid = crypto.randomUUID();
  return { title, path, uid, body: reviewOf(uid, object), shown: JSON.stringify(object), complete: true, expect };
}

function oversized(): Exchange {
  const padded = { ...example, padding: ' '.repeat(17 * 1024 * 1024) };
  const big = createExchange('Too big: more than 16 MiB', '/validate', padded, expectDenied(413, 'bytes'));
  return { ...big, shown: `the example, with ${big.body.length} bytes` };
}

function reviewOf(uid: string, object: KindedObject): string {
  const { kind } = object;
  const { group, resource } = kinds[kind];
  const request = {
    uid,
    kind: { group, version: 'v1', kind },
    resource: { group, version: 'v1', resource },
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'demo', groups: ['system:authenticated'] },
    object,
    oldObject: null,
    dryRun: false,
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

export const expectAllowed: Exchange['expect'] = ({ allowed }) => (allowed === true ? undefined : 'it must be allowed');

function expectWarning(rule: string): Exchange['expect'] {
  return ({ allowed, warnings }) =>
    allowed === true && Array.isArray(warnings) && warnings.some((warning) => String(warning).endsWith(`${rule}]`))
      ? undefined
      : `it must be allowed with a warning of ${rule}`;
}

export const expectPatch: Exchange['expect'] = ({ patch }) => {
  const wanted = JSON.stringify([{ op: 'replace', path: '/subsets', value: exampleResponse }]);
  const got = typeof patch === 'string' ? Buffer.from(patch, 'base64').toString() : 'no patch';
  return got === wanted ? undefined : `the patch must be ${wanted}`;
};

/** The code is 403 where RBAC could have exempted the user. */
export function expectDenied(code: number, text: string): Exchange['expect'] {
  return ({ allowed, status }) => {
    const denied = allowed === false && isFields(status) && status.code === code;
    return denied && String(status.message).includes(text)
      ? undefined
      : `it must be denied with code ${code} and say ${text}`;
  };
}

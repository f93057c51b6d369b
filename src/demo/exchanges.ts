import { isFields } from '../endpoints/fields.ts';
import { type Kind, resources } from '../endpoints/view.ts';
import { goodSlice, namedSlice, sliceMistakes } from './slices.ts';

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

/** The example request of the document. */
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

type Subset = Readonly<Record<string, unknown>>;

const good = { addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] };

/** One mistake a rule, each in an object that is otherwise in order. */
const mistakes: readonly (readonly [rule: string, subsets: readonly Subset[], name?: string])[] = [
  ['well-formed', [{ ...good, addresses: [{ ip: '010.1.2.3' }] }]],
  ['object-name', [good], 'Web_Server'],
  ['subsets-required', []],
  ['addresses-required', [{ ports: good.ports }]],
  ['ports-required', [{ addresses: good.addresses }]],
  ['special-address', [{ ...good, addresses: [{ ip: '169.254.169.254' }, { ip: '64:ff9b::7f00:1' }] }]],
  ['hostname-label', [{ ...good, addresses: [{ ip: '10.1.2.3', hostname: 'db.example' }] }]],
  ['node-name', [{ ...good, addresses: [{ ip: '10.1.2.3', nodeName: 'Node 1' }] }]],
  ['port-name-label', [{ ...good, ports: [{ port: 80, name: 'HTTP' }] }]],
  ['port-name-required', [{ ...good, ports: [{ port: 80, name: 'http' }, { port: 443 }] }]],
  ['port-range', [{ ...good, ports: [{ port: 65_536 }] }]],
  ['protocol', [{ ...good, ports: [{ port: 80, protocol: 'tcp' }] }]],
  ['ready-and-not-ready', [{ ...good, notReadyAddresses: [{ ip: '10.1.2.3' }] }]],
  ['target-resource-version', [{ ...good, addresses: [{ ip: '10.1.2.3', targetRef: { resourceVersion: '7' } }] }]],
];

const misguided = { ...good, addresses: [{ ip: '10.1.2.3', targetRef: { fieldPath: 'spec..containers' } }] };

/** Azure's platform, which the preset cloud-metadata forbids. */
const platform = { ...good, addresses: [{ ip: '168.63.129.16' }] };

export function exchanges(): readonly Exchange[] {
  return [
    exchange('The example of the document comes out as its example response', '/mutate', example, expectPatch),
    exchange('It is valid', '/validate', example, expectAllowed),
    ...mistakes.map(([rule, subsets, name]) =>
      exchange(
        `Refused by ${rule}`,
        '/validate',
        { ...example, metadata: { name: name ?? 'web' }, subsets },
        expectDenied(422, `[endpoints-webhook: ${rule}]`),
      ),
    ),
    exchange(
      'Refused by forbidden-network',
      '/validate',
      { ...example, subsets: [platform] },
      expectDenied(403, 'forbidden-network]'),
    ),
    exchange('Warned of by target-field-path', '/validate', { ...example, subsets: [misguided] }, expectWarning),
    exchange('An EndpointSlice that is valid', '/validate', goodSlice, expectAllowed),
    ...sliceMistakes.map(([rule, fields]) =>
      exchange(
        `An EndpointSlice refused by ${rule}`,
        '/validate',
        { ...goodSlice, ...fields },
        expectDenied(422, `[endpoints-webhook: ${rule}]`),
      ),
    ),
    exchange('An EndpointSlice refused by fqdn-address', '/validate', namedSlice, expectDenied(403, 'fqdn-address]')),
    {
      ...exchange('Too slow: the body never ends', '/validate?timeout=2s', example, expectDenied(504, 'deadline')),
      complete: false,
    },
    oversized(),
  ];
}

/** What is sent to be judged, as the kind it says it is. */
interface Sent {
  readonly kind: Kind;
  readonly [field: string]: unknown;
}

export function exchange(title: string, path: string, object: Sent, expect: Exchange['expect']): Exchange {
  const uid = crypto.randomUUID();
  return { title, path, uid, body: reviewOf(uid, object), shown: JSON.stringify(object), complete: true, expect };
}

function oversized(): Exchange {
  const padded = { ...example, padding: ' '.repeat(17 * 1024 * 1024) };
  const big = exchange('Too big: more than 16 MiB', '/validate', padded, expectDenied(413, 'bytes'));
  return { ...big, shown: `the example, with ${big.body.length} bytes` };
}

function reviewOf(uid: string, object: Sent): string {
  const { kind } = object;
  const { group, resource } = resources[kind];
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

const expectWarning: Exchange['expect'] = ({ allowed, warnings }) =>
  allowed === true && Array.isArray(warnings) && warnings.length === 1
    ? undefined
    : 'it must be allowed with one warning';

export const expectPatch: Exchange['expect'] = ({ patch }) => {
  const wanted = JSON.stringify([{ op: 'replace', path: '/subsets', value: exampleResponse }]);
  const got = typeof patch === 'string' ? Buffer.from(patch, 'base64').toString() : 'no patch';
  return got === wanted ? undefined : `the patch must be ${wanted}`;
};

/** 403 where RBAC could have exempted it. */
export function expectDenied(code: number, text: string): Exchange['expect'] {
  return ({ allowed, status }) => {
    const denied = allowed === false && isFields(status) && status.code === code;
    return denied && String(status.message).includes(text)
      ? undefined
      : `it must be denied with code ${code} and say ${text}`;
  };
}

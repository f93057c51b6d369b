import type { Attack } from '../attack.ts';
import { endpoints, type JudgedKind, kinds, slices } from '../kinds.ts';
import { endpointsInProtobuf } from '../protobuf.ts';

// The same write by every road into an API server.

const good = '198.51.100.7';
const apply = { method: 'PATCH', type: 'application/apply-patch+yaml' } as const;

const content = (kind: JudgedKind, ip: string) => {
  const { subsets, endpoints: list } = kind.object('NAME', ip) as { subsets?: unknown; endpoints?: unknown };
  return kind === endpoints ? { subsets } : { endpoints: list };
};

const pathOf = (kind: JudgedKind) => (kind === endpoints ? '/subsets/0/addresses/0/ip' : '/endpoints/0/addresses/0');
const whole = (kind: JudgedKind) => ({ ...kind.object('NAME', 'TARGET') });

function attacksOn(kind: JudgedKind): readonly Attack[] {
  const { metadata, ...rest } = kind.object('NAME', 'TARGET');
  const generated = { ...rest, metadata: { labels: { 'kubernetes.io/service-name': 'NAME' }, generateName: 'NAME-' } };
  const attack = (title: string, writes: Attack['writes'], more: Partial<Attack> = {}): Attack => ({
    ...{ title, kind, writes, refused: 'by us' as const, ...more },
  });
  const update = { before: {} };
  return [
    attack('created with generateName', [{ body: generated }]),
    attack('created by server-side apply', [{ ...apply, query: '?fieldManager=a', body: whole(kind) }]),
    attack('created under a name of its own', [
      { body: { ...whole(kind), metadata: { ...metadata, generateName: 'NAME-' } } },
    ]),
    attack('created dry, then for good', [{ query: '?dryRun=All', body: whole(kind) }, { body: whole(kind) }]),
    attack('created without validation of fields', [
      { query: '?fieldValidation=Ignore', body: { ...whole(kind), more: 1 } },
    ]),
    attack('created good, then put', [{ body: kind.object('NAME', good) }, { method: 'PUT', body: whole(kind) }]),
    attack('created good, then patched', [
      { body: kind.object('NAME', good) },
      { method: 'PATCH', body: content(kind, 'TARGET') },
    ]),
    attack('deleted and created anew', [
      { body: kind.object('NAME', good) },
      { method: 'DELETE' },
      { body: whole(kind) },
    ]),
    attack(
      'updated by JSON patch',
      [{ type: 'application/json-patch+json', body: [{ op: 'replace', path: pathOf(kind), value: 'TARGET' }] }],
      update,
    ),
    attack(
      'updated by JSON patch, copied from an annotation',
      [
        { body: { metadata: { annotations: { a: 'TARGET' } } } },
        {
          type: 'application/json-patch+json',
          body: [{ op: 'copy', from: '/metadata/annotations/a', path: pathOf(kind) }],
        },
      ],
      update,
    ),
    attack(
      'updated by strategic merge patch',
      [{ type: 'application/strategic-merge-patch+json', body: content(kind, 'TARGET') }],
      update,
    ),
    attack(
      'updated by server-side apply',
      [{ ...apply, query: '?fieldManager=a&force=true', body: whole(kind) }],
      update,
    ),
    attack('applied by two managers, one good and one not', [
      { ...apply, query: '?fieldManager=a', body: kind.object('NAME', good) },
      { ...apply, query: '?fieldManager=b&force=true', body: whole(kind) },
    ]),
    attack('applied by two managers, metadata and then content', [
      { ...apply, query: '?fieldManager=a', body: { ...kind.object('NAME', good), ...content(kind, good) } },
      { ...apply, query: '?fieldManager=b', body: { ...whole(kind), metadata: { name: 'NAME' } } },
      { ...apply, query: '?fieldManager=b&force=true', body: { ...whole(kind), metadata: { name: 'NAME' } } },
    ]),
    attack('in YAML', [{ type: 'application/yaml', body: JSON.stringify(whole(kind)) }]),
    attack('with the member twice, bad last', [{ body: twice(kind, content(kind, good), content(kind, 'TARGET')) }]),
    attack('with the member twice, bad first', [{ body: twice(kind, content(kind, 'TARGET'), content(kind, good)) }], {
      refused: 'by nobody',
    }),
    attack('with the member twice, bad first, and merged', [
      { body: twice(kind, content(kind, 'TARGET'), unlike(kind)) },
    ]),
    attack('with 250,000 bytes of annotations', [
      { body: { ...whole(kind), metadata: { ...metadata, annotations: { large: 'x'.repeat(250_000) } } } },
    ]),
    attack('as a list', [{ body: { apiVersion: rest.apiVersion, kind: `${kind.kind}List`, items: [whole(kind)] } }], {
      refused: 'by the API server',
    }),
    attack('in CBOR', [{ type: 'application/cbor', body: new Uint8Array([0xd9, 0xd9, 0xf7, 0xa0]) }], {
      refused: 'by the API server',
    }),
    attack('with members in other letters', [{ body: otherLetters(kind) }], {
      refused: kind === endpoints ? 'by us' : 'by nobody',
    }),
    ...['status', 'restricted', 'scale'].map((subresource) =>
      attack(`by the subresource ${subresource}`, [{ method: 'PUT', under: `/${subresource}`, body: whole(kind) }], {
        ...update,
        refused: 'by the API server',
      }),
    ),
    attack('in kube-system, which is exempt', [{ path: kind.path('kube-system'), body: whole(kind) }], {
      refused: 'by the API server',
    }),
    attack('with 1,000 empty items', [{ body: long(kind, 1_000) }], { refused: 'by the API server' }),
    attack('longer than a request may be', [{ body: long(kind, 1_100_000) }], { refused: 'by the API server' }),
  ];
}

export const writingAttacks: readonly Attack[] = [
  ...kinds.flatMap(attacksOn),
  {
    title: 'created by PUT',
    kind: endpoints,
    writes: [{ method: 'PUT', body: whole(endpoints) }],
    refused: 'by us',
  },
  {
    title: 'in protobuf',
    kind: endpoints,
    writes: [{ type: 'application/vnd.kubernetes.protobuf', body: endpointsInProtobuf }],
    refused: 'by us',
  },
  ...['v1beta1', 'v1alpha1'].map(
    (version): Attack => ({
      title: `in discovery.k8s.io/${version}`,
      kind: slices,
      writes: [
        {
          path: `/apis/discovery.k8s.io/${version}/namespaces/NAMESPACE/endpointslices`,
          body: { ...whole(slices), apiVersion: `discovery.k8s.io/${version}` },
        },
      ],
      refused: 'by the API server',
    }),
  ),
  {
    title: 'with one manager’s addresses and another one’s port',
    kind: slices,
    writes: [
      { ...apply, query: '?fieldManager=a', body: slices.object('NAME', good) },
      {
        ...apply,
        query: '?fieldManager=b&force=true',
        body: {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name: 'NAME' },
          addressType: 'IPv4',
          ports: [{ name: 'http', port: 10250, protocol: 'TCP' }],
        },
      },
    ],
    refused: 'by us',
  },
];

/** JSON in which the member with the addresses stands twice: an API server lays the later one over the earlier one, item by item. */
function twice(kind: JudgedKind, one: object, other: object): string {
  const { subsets: _, endpoints: __, ...rest } = kind.object('NAME', good) as Record<string, unknown>;
  const members = [one, other].map((member) => JSON.stringify(member).slice(1, -1));
  return `{${members.join(',')},${JSON.stringify(rest).slice(1)}`;
}

/** Says nothing of the addresses, so those of an earlier one stay. */
function unlike(kind: JudgedKind): object {
  return kind === endpoints
    ? { subsets: [{ notReadyAddresses: [{ ip: good }] }] }
    : { endpoints: [{ conditions: { ready: true } }] };
}

function otherLetters(kind: JudgedKind): string {
  return JSON.stringify(whole(kind)).replace('"subsets"', '"Subsets"').replace('"endpoints"', '"Endpoints"');
}

/** Much more in a review than in a request: the API server writes every member out. */
function long(kind: JudgedKind, items: number): string {
  const filler = Array.from({ length: items }, () => '{}').join();
  const text = JSON.stringify(whole(kind));
  return kind === endpoints
    ? text.replace('"ports":[', `"ports":[${filler},`)
    : text.replace('"endpoints":[', `"endpoints":[${filler},`);
}

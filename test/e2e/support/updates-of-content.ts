import type { EndpointKind } from '../../../src/endpoints/view.ts';
import { type Fields, isFields } from '../../../src/json/fields.ts';
import type { Update } from './updates.ts';

const targetRef = {
  ...{ kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u', apiVersion: 'v1' },
  ...{ resourceVersion: '1', fieldPath: 'spec.containers{web}' },
};

/** With every field, and with more than one thing that breaks rules: what one update takes away leaves another. */
export const oldObjects: Readonly<Record<EndpointKind, Fields>> = {
  Endpoints: {
    apiVersion: 'v1',
    kind: 'Endpoints',
    subsets: [
      {
        addresses: [{ ip: '10.1.2.3', hostname: 'a', nodeName: 'node', targetRef }],
        notReadyAddresses: [{ ip: '10.1.2.9', hostname: 'b', nodeName: 'node', targetRef }],
        ports: ['a', 'b'].map((name, i) => ({ name, port: 80 + i, protocol: 'SCTP', appProtocol: 'http' })),
      },
    ],
  },
  EndpointSlice: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    endpoints: [
      {
        addresses: ['10.1.2.3'],
        conditions: { ready: true, serving: true, terminating: false },
        ...{ hostname: 'a', targetRef, nodeName: 'node', zone: 'a', deprecatedTopology: { 'example.com/a': 'b' } },
        hints: { forZones: [{ name: 'a' }], forNodes: [{ name: 'node' }] },
      },
    ],
    ports: ['a', 'b'].map((name, i) => ({ name, port: 70_000 + i, protocol: 'UDP', appProtocol: 'http' })),
  },
};

/** What API servers demand, leave out or never change. */
const unwritable =
  /\.ip$|^subsets.*ports\[\*\]\.(?:name|port)$|^addressType|addresses(?:\[\*\])?$|hints\.|deprecatedTopology/;

type Steps = readonly (string | number)[];

/** Each value changed, taken away and added, each list reversed. */
export function contentUpdates(kind: EndpointKind): readonly Update[] {
  const { apiVersion: _, kind: __, ...content } = oldObjects[kind];
  return [...stepsIn(content)].flatMap((steps) => updatesOf(kind, steps)).concat(absentLists(kind));
}

function updatesOf(kind: EndpointKind, steps: Steps): readonly Update[] {
  const before = oldObjects[kind];
  const field = fieldOf(steps);
  const base = { kind, field, judged: true };
  const value = steps.reduce<unknown>((at, step) => memberOf(at, step), before);
  const without = changed(before, steps, () => undefined);
  const never = unwritable.test(field) && ({ unwritable: true } as const);
  return [
    { ...base, title: `${field} taken away`, before, after: without, ...never },
    { ...base, title: `${field} added`, before: without, after: before, ...never },
    ...(isFields(value) || (Array.isArray(value) && value.length < 2)
      ? []
      : [{ ...base, title: `${field} changed`, before, after: changed(before, steps, other), ...fixed(field) }]),
  ];
}

function fixed(field: string) {
  return /^addressType|forNodes|deprecatedTopology/.test(field) && ({ unwritable: true } as const);
}

/** A list that is null is one that is empty. */
function absentLists(kind: EndpointKind): readonly Update[] {
  const lists = kind === 'Endpoints' ? ['subsets'] : ['endpoints', 'ports'];
  return lists.flatMap((field) =>
    [
      [null, []],
      [[], null],
      [undefined, []],
    ].map(([before, after]): Update => {
      const [one, two] = [before, after].map((value) => changed(oldObjects[kind], [field], () => value));
      const title = `${field} from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
      return { kind, title, field, before: one ?? {}, after: two ?? {}, judged: false };
    }),
  );
}

function* stepsIn(value: unknown, steps: Steps = []): Iterable<Steps> {
  const members = Array.isArray(value) ? [0] : isFields(value) ? Object.keys(value) : [];
  for (const step of members) {
    yield [...steps, step];
    yield* stepsIn(memberOf(value, step), [...steps, step]);
  }
}

function memberOf(value: unknown, step: string | number): unknown {
  return Array.isArray(value) ? value[Number(step)] : isFields(value) ? value[step] : undefined;
}

function fieldOf(steps: Steps): string {
  return steps.map((step, i) => (typeof step === 'number' ? '[*]' : i === 0 ? step : `.${step}`)).join('');
}

function changed(value: unknown, [step, ...rest]: Steps, change: (value: unknown) => unknown): Fields {
  const inside = (member: unknown) => (rest.length === 0 ? change(member) : changed(member, rest, change));
  if (Array.isArray(value))
    return value.flatMap((member, i) => {
      const made = i === step ? inside(member) : member;
      return made === undefined ? [] : [made];
    }) as unknown as Fields;
  const { [String(step)]: member, ...others } = isFields(value) ? value : {};
  const made = inside(member);
  return made === undefined ? others : { ...others, [String(step)]: made };
}

function other(value: unknown): unknown {
  if (Array.isArray(value)) return value.toReversed();
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1000;
  if (value === 'SCTP' || value === 'UDP') return 'TCP';
  if (value === 'IPv4') return 'FQDN';
  return String(value).startsWith('10.') ? '10.1.2.4' : `${value}x`;
}

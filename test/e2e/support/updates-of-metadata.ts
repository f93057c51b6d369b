import type { EndpointKind } from '../../../src/endpoints/view.ts';
import type { Fields } from '../../../src/json/fields.ts';
import { copiedLabels, serviceAnnotations, serviceLabels } from '../../support/serving-keys.ts';
import type { Update } from './updates.ts';
import { oldObjects } from './updates-of-content.ts';

/** What an API server sets itself or keeps as it is, and a prefix that no name is made from any more: rules look at it. */
const kept: Readonly<Record<string, readonly unknown[]>> = {
  generateName: ['web-', 'wed-'],
  selfLink: ['/a', '/b'],
  uid: ['a', 'b'],
  resourceVersion: ['1', '2'],
  generation: [1, 2],
  creationTimestamp: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  deletionTimestamp: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  deletionGracePeriodSeconds: [0, 30],
  managedFields: [[{ manager: 'a', operation: 'Update' }], [{ manager: 'b', operation: 'Update' }]],
};

/** Of no interest to whoever serves. */
const otherLabels = ['app', 'kubernetes.io/service-names', 'endpoints.kubernetes.io/managed-by', 'skip-mirror'];
const otherAnnotations = ['a', 'endpoints.kubernetes.io/last-change-trigger-time', 'k8s.ovn.org/service-name'];

export function metadataUpdates(kind: EndpointKind): readonly Update[] {
  return [
    ...Object.entries(kept).flatMap(([field, values]) =>
      waysFrom(values).map(([before, after]) => ({
        ...change(kind, field, field, before, after, field === 'generateName'),
        unwritable: true as const,
      })),
    ),
    ...keyUpdates(kind, 'labels', kind === 'Endpoints' ? copiedLabels : serviceLabels, otherLabels),
    ...keyUpdates(kind, 'annotations', serviceAnnotations, otherAnnotations),
    ...(kind === 'Endpoints' ? skippedByMirroring : []),
    ...ownerUpdates(kind),
    ...finalizerUpdates(kind),
  ];
}

function keyUpdates(
  kind: EndpointKind,
  field: 'labels' | 'annotations',
  judged: readonly string[],
  others: readonly string[],
): readonly Update[] {
  return [...judged, ...others].flatMap((key) =>
    waysFrom(['a', 'b', '']).map(([before, after]) => {
      const of = (value: unknown) => (value === undefined ? undefined : { [key]: value });
      return change(kind, field, `${field}[${key}]`, of(before), of(after), judged.includes(key));
    }),
  );
}

/** An empty label skips nothing, and of the annotation nobody reads the value. */
const skippedByMirroring: readonly Update[] = [
  ...waysFrom(['true', 'false', '']).map(([before, after]) => {
    const of = (value: unknown) =>
      value === undefined ? undefined : { 'endpointslice.kubernetes.io/skip-mirror': value };
    return change('Endpoints', 'labels', 'skip-mirror', of(before), of(after), (before || '') !== (after || ''));
  }),
  ...waysFrom(['a', 'b', '']).map(([before, after]) => {
    const of = (value: unknown) =>
      value === undefined ? undefined : { 'control-plane.alpha.kubernetes.io/leader': value };
    return change(
      'Endpoints',
      'annotations',
      'leader',
      of(before),
      of(after),
      (before === undefined) !== (after === undefined),
    );
  }),
];

/** Of a kind that the cluster does not know: the garbage collector deletes what has an owner that it can tell is gone. */
const owner = {
  apiVersion: 'example.com/v1',
  kind: 'Owner',
  name: 'a',
  uid: 'a',
  controller: true,
  blockOwnerDeletion: true,
};
const second = { ...owner, name: 'b', uid: 'b', controller: false };

function ownerUpdates(kind: EndpointKind): readonly Update[] {
  const field = 'ownerReferences';
  const flags = ['controller', 'blockOwnerDeletion'];
  return [
    ...Object.entries(owner).flatMap(([key, value]) => {
      const changed = {
        ...owner,
        [key]: typeof value === 'boolean' ? !value : key === 'apiVersion' ? 'example.com/v2' : `${value}x`,
      };
      const { [key]: _, ...without } = owner as Fields;
      const at = `${field}[*].${key}`;
      return [
        change(kind, at, at, [owner], [changed], true),
        ...(flags.includes(key) ? [change(kind, at, `${at} taken away`, [owner], [without], true)] : []),
      ];
    }),
    ...waysFrom([[owner], [owner, second], [second, owner], [second]]).map(([before, after]) =>
      change(kind, field, field, before, after, true),
    ),
    change(kind, field, field, undefined, [], false),
    change(kind, field, field, [owner, second], [owner, second], false),
  ];
}

function finalizerUpdates(kind: EndpointKind): readonly Update[] {
  const lists = [['a/a'], ['a/b'], ['a/a', 'a/b'], ['a/b', 'a/a'], []];
  return waysFrom(lists).map(([before = [], after = []]) => {
    const isNew = after.some((one) => !before.includes(one));
    return change(kind, 'finalizers[*]', 'finalizers', before, after, isNew);
  });
}

/** From each value to each other one, from and to none. */
function waysFrom<T>(values: readonly T[]): readonly (readonly [T | undefined, T | undefined])[] {
  const all = [undefined, ...values];
  return all.flatMap((before) => all.filter((after) => after !== before).map((after) => [before, after] as const));
}

function change(
  kind: EndpointKind,
  field: string,
  what: string,
  before: unknown,
  after: unknown,
  judged: boolean,
): Update {
  const [member = ''] = field.split(/[[.]/);
  const of = (value: unknown): Fields => ({
    ...oldObjects[kind],
    metadata: value === undefined ? {} : { [member]: value },
  });
  const title = `${what} from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
  return { kind, title, field: `metadata.${field}`, before: of(before), after: of(after), judged };
}

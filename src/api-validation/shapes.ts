import type { EndpointKind } from '../endpoints/view.ts';

/** What an API server decodes a value as. `raw` is any JSON. */
export type Shape = 'text' | 'flag' | 'int32' | 'int64' | 'time' | 'raw' | ObjectShape | ListShape | MapShape;

export interface ObjectShape {
  /** The Go type, as `kubectl explain` calls it. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

interface ListShape {
  readonly items: Shape;
}

/** An object whose keys anybody chooses. */
interface MapShape {
  readonly values: Shape;
}

// The fields of Kubernetes 1.37, as `kubectl explain --recursive` prints them. A field that an older version does not know is in it.

const texts: MapShape = { values: 'text' };

const ownerReference: ObjectShape = {
  type: 'OwnerReference',
  fields: {
    apiVersion: 'text',
    kind: 'text',
    name: 'text',
    uid: 'text',
    controller: 'flag',
    blockOwnerDeletion: 'flag',
  },
};

const managedFields: ObjectShape = {
  type: 'ManagedFieldsEntry',
  fields: {
    manager: 'text',
    operation: 'text',
    apiVersion: 'text',
    time: 'time',
    fieldsType: 'text',
    fieldsV1: 'raw',
    subresource: 'text',
  },
};

const metadata: ObjectShape = {
  type: 'ObjectMeta',
  fields: {
    name: 'text',
    generateName: 'text',
    namespace: 'text',
    labels: texts,
    annotations: texts,
    selfLink: 'text',
    uid: 'text',
    resourceVersion: 'text',
    generation: 'int64',
    creationTimestamp: 'time',
    deletionTimestamp: 'time',
    deletionGracePeriodSeconds: 'int64',
    ownerReferences: { items: ownerReference },
    finalizers: { items: 'text' },
    managedFields: { items: managedFields },
  },
};

const typeMeta = { apiVersion: 'text', kind: 'text', metadata } as const;

const targetRef: ObjectShape = {
  type: 'ObjectReference',
  fields: {
    kind: 'text',
    namespace: 'text',
    name: 'text',
    uid: 'text',
    apiVersion: 'text',
    resourceVersion: 'text',
    fieldPath: 'text',
  },
};

const port: ObjectShape = {
  type: 'EndpointPort',
  fields: { name: 'text', port: 'int32', protocol: 'text', appProtocol: 'text' },
};

const address: ObjectShape = {
  type: 'EndpointAddress',
  fields: { ip: 'text', hostname: 'text', nodeName: 'text', targetRef },
};

const subset: ObjectShape = {
  type: 'EndpointSubset',
  fields: { addresses: { items: address }, notReadyAddresses: { items: address }, ports: { items: port } },
};

const conditions: ObjectShape = {
  type: 'EndpointConditions',
  fields: { ready: 'flag', serving: 'flag', terminating: 'flag' },
};

const hints: ObjectShape = {
  type: 'EndpointHints',
  fields: {
    forZones: { items: { type: 'ForZone', fields: { name: 'text' } } },
    forNodes: { items: { type: 'ForNode', fields: { name: 'text' } } },
  },
};

const endpoint: ObjectShape = {
  type: 'Endpoint',
  fields: {
    addresses: { items: 'text' },
    conditions,
    hostname: 'text',
    targetRef,
    deprecatedTopology: texts,
    nodeName: 'text',
    zone: 'text',
    hints,
  },
};

/** What a manifest of each kind may hold. */
export const shapes: Readonly<Record<EndpointKind, ObjectShape>> = {
  Endpoints: { type: 'Endpoints', fields: { ...typeMeta, subsets: { items: subset } } },
  EndpointSlice: {
    type: 'EndpointSlice',
    fields: { ...typeMeta, addressType: 'text', endpoints: { items: endpoint }, ports: { items: port } },
  },
};

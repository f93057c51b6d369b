import { type FieldReader, type Fields, fieldReader } from './fields.ts';
import { type Finding, Place } from './finding.ts';
import {
  checkFinalizers,
  metadataAt,
  type Parsed,
  parseEndpoint,
  parseIp,
  parseNames,
  parsePort,
  parseRoot,
} from './members.ts';
import type { Endpoint, Group, View } from './view.ts';

/** Reads a core/v1 Endpoints object. Total: any JSON value gives a view, and at most `limit` findings. */
export function parseEndpoints(object: unknown, limit: number): Parsed {
  const findings: Finding[] = [];
  const read = fieldReader(findings, limit);
  const root = parseRoot(object, 'Endpoints', 'v1', read);
  const metadata = read.fields(root.metadata, metadataAt);
  checkFinalizers(metadata, read);
  const view: View = {
    kind: 'Endpoints',
    addressType: undefined,
    ...parseNames(metadata, read),
    service: parseService(metadata, read),
    groups: read.items(root, 'subsets', Place.root, (subset, at) => parseSubset(subset, at, read)),
  };
  return { view, findings };
}

export const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';
export const leader = 'control-plane.alpha.kubernetes.io/leader';

/**
 * Labels that the mirroring controller copies to the slices it makes, and by which proxies and controllers pass over slices, or look at
 * them: of the labels of slices those that it does not overwrite.
 */
export const mirroredLabels: readonly string[] = [
  'service.kubernetes.io/headless',
  'service.kubernetes.io/service-proxy-name',
  'multicluster.kubernetes.io/service-name',
];

/** What makes the mirroring controller pass Endpoints over, or proxies what it made of them: taking it away puts the addresses into service. */
function parseService(metadata: Fields, read: FieldReader): string {
  const labelsAt = metadataAt.child('labels');
  const labels = read.fields(metadata.labels, labelsAt);
  const annotations = read.fields(metadata.annotations, metadataAt.child('annotations'));
  const mirrored = mirroredLabels.map((key) => read.text(labels, key, labelsAt) ?? null);
  return JSON.stringify([
    read.text(labels, skipMirror, labelsAt) ?? '',
    Object.hasOwn(annotations, leader),
    ...mirrored,
  ]);
}

const none: readonly never[] = [];

function parseSubset(subset: unknown, at: Place, read: FieldReader): Group {
  const fields = read.fields(subset, at);
  if (fields.addresses === undefined && fields.notReadyAddresses === undefined && fields.ports === undefined)
    return { at, endpoints: none, addresses: none, ports: none };
  const endpoints: Endpoint[] = [];
  const parseAddressOf = (list: string, ready: boolean) =>
    read.items(fields, list, at, (value, itemAt) => {
      const item = read.fields(value, itemAt);
      if (item !== value && value !== null) return { at: itemAt, text: '', address: undefined, ready }; // said so already
      const address = parseIp(item.ip, itemAt.child('ip'), ready, read);
      endpoints.push(parseEndpoint(item, itemAt, read));
      return address;
    });
  const ready = parseAddressOf('addresses', true);
  const notReady = parseAddressOf('notReadyAddresses', false);
  // A missing port is 0: that is how it reaches a webhook through the API server.
  const ports = read.items(fields, 'ports', at, (port, portAt) =>
    parsePort(read.fields(port, portAt), portAt, 0, read),
  );
  return { at, endpoints, addresses: notReady.length === 0 ? ready : [...ready, ...notReady], ports };
}

import { type FieldReader, type Fields, fieldReader } from './fields.ts';
import { FieldPath, type Finding } from './finding.ts';
import {
  checkFinalizers,
  metadataPath,
  type Parsed,
  parseEndpoint,
  parseIp,
  parseNames,
  parsePort,
  parseRoot,
} from './members.ts';
import type { Endpoint, Subset, View } from './view.ts';

/** Reads a core/v1 Endpoints object. Total: any JSON value gives a view, and at most `limit` findings. */
export function parseEndpoints(object: unknown, limit: number): Parsed {
  const findings: Finding[] = [];
  const read = fieldReader(findings, limit);
  const root = parseRoot(object, 'Endpoints', 'v1', read);
  const metadata = read.fields(root.metadata, metadataPath);
  checkFinalizers(metadata, read);
  const view: View = {
    kind: 'Endpoints',
    addressType: undefined,
    ...parseNames(metadata, read),
    servingState: parseService(metadata, read),
    subsets: read.items(root, 'subsets', FieldPath.root, (subset, path) => parseSubset(subset, path, read)),
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
  const labelsPath = metadataPath.child('labels');
  const labels = read.fields(metadata.labels, labelsPath);
  const annotations = read.fields(metadata.annotations, metadataPath.child('annotations'));
  const mirrored = mirroredLabels.map((key) => read.text(labels, key, labelsPath) ?? null);
  return JSON.stringify([
    read.text(labels, skipMirror, labelsPath) ?? '',
    Object.hasOwn(annotations, leader),
    ...mirrored,
  ]);
}

const none: readonly never[] = [];

function parseSubset(subset: unknown, path: FieldPath, read: FieldReader): Subset {
  const fields = read.fields(subset, path);
  if (fields.addresses === undefined && fields.notReadyAddresses === undefined && fields.ports === undefined)
    return { path, endpoints: none, addresses: none, ports: none };
  const endpoints: Endpoint[] = [];
  const parseAddressOf = (list: string, ready: boolean) =>
    read.items(fields, list, path, (value, itemPath) => {
      const item = read.fields(value, itemPath);
      if (item !== value && value !== null) return { path: itemPath, text: '', address: undefined, ready }; // said so already
      const address = parseIp(item.ip, itemPath.child('ip'), ready, read);
      endpoints.push(parseEndpoint(item, itemPath, read));
      return address;
    });
  const ready = parseAddressOf('addresses', true);
  const notReady = parseAddressOf('notReadyAddresses', false);
  // A missing port is 0: that is how it reaches a webhook through the API server.
  const ports = read.items(fields, 'ports', path, (port, portPath) =>
    parsePort(read.fields(port, portPath), portPath, 0, read),
  );
  return { path, endpoints, addresses: notReady.length === 0 ? ready : [...ready, ...notReady], ports };
}

import { labelsOf } from '../endpoints/name-text.ts';

/** Patterns of names in lower case without a dot at their end, in JavaScript and in RE2; each is of the whole name. */
export const insidePatterns = {
  /** What whoever looks it up completes to a name of its own namespace. */
  singleLabel: '[^.]*',
  /** The last label is that of an internationalized top-level domain. */
  internationalized: String.raw`.*\.xn--[^.]*`,
  /**
   * The last label is no top-level domain, none of which has a digit, a hyphen or a single letter: whoever looks it up completes it with
   * `svc.cluster.local`, so that it is that of a namespace.
   */
  namespaceAtEnd: String.raw`.*\.(?:default|[a-z]|[^.]*[-0-9][^.]*)`,
};

/** Below these domains, and below their `svc` and `pod`, names are of a cluster, or of clusters that share Services (KEP-1645). */
export function domainPattern(clusterDomain: string): string {
  return `(?:.*\\.)?(?:svc|pod|${anyDomain(clusterDomain)})`;
}

/** `namespace`: a pattern of its name. Of a Service of it or a pod behind it. Pods by their addresses (`10-0-0-1.shop.pod`) can be anybody's. */
export function ownPattern(clusterDomain: string, namespace: string): string {
  return `(?:[^.]+\\.)+${namespace}\\.svc(?:\\.(?:${anyDomain(clusterDomain)}))?`;
}

function anyDomain(clusterDomain: string): string {
  return [readDomain(clusterDomain), 'clusterset.local'].join('|').replaceAll('.', String.raw`\.`);
}

/** A domain as names are compared; throws an Error that names the text where it is none. */
export function readDomain(text: string): string {
  const domain = labelsOf(text).join('.');
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(domain)) return domain;
  throw new Error(`${JSON.stringify(text)} is not a domain such as cluster.local`);
}

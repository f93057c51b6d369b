import { YamlError } from './yaml-events.ts';

export interface Anchors {
  /** What each anchor names, and how many values that is made of; 0 while it is being read. */
  readonly anchors: Map<string, { readonly value: unknown; readonly size: number }>;
  /** How many values have been read, and how many of them by aliases. */
  read: number;
  aliased: number;
}

/** What an alias stands for. Throws a YamlError where there is no such anchor, where it contains the alias, and where there are too many. */
export function useAnchor(
  anchors: Anchors,
  name: string,
  offset: number,
): { readonly value: unknown; readonly size: number } {
  const anchor = anchors.anchors.get(name);
  if (!anchor) throw new YamlError(`there is no anchor &${name} before *${name}`, offset);
  if (anchor.size === 0) throw new YamlError(`the anchor &${name} contains itself`, offset);
  anchors.aliased += anchor.size;
  anchors.read += anchor.size;
  const { aliased, read } = anchors;
  if (aliased > 100 && read > 1000 && aliased / read > allowedShare(read))
    throw new YamlError('aliases make it many times as large as it is written: write the values themselves', offset);
  return anchor;
}

/**
 * Which share of a text's values may come from aliases: nearly all of few, few of many. This is how go.yaml.in/yaml/v2 bounds what aliases
 * multiply, and with it kubectl: up to 1.2 million values.
 */
function allowedShare(values: number): number {
  return 0.99 - 0.89 * Math.min(1, Math.max(0, (values - 400_000) / 3_600_000));
}

import { type Fields, isFields } from '../json/fields.ts';

/** A subset whose lists are numbers: equal numbers stand for equal members. */
interface PackedSubset {
  readonly fields: Fields;
  readonly ready: readonly number[];
  readonly notReady: readonly number[];
  readonly ports: readonly number[];
}

/** Nobody writes a manifest with more subsets and members, and packing one would hold up everybody else. */
const maxMembers = 10_000;

/** Each round merges what the round before made alike. More than a few are no manifest a person wrote: it stays as it was sent. */
const maxRounds = 8;

/**
 * Merges subsets that share the same ports, or the same addresses, as the example response of “Creating an Endpoints Object” shows; the same list where
 * nothing can be merged. Members are compared as whole objects, lists as sets, readiness is never mixed, order is that of first
 * appearance, no member is lost. All or nothing: where merging would leave a subset with two ports of one name, nothing is
 * merged. Near-linear in the number of members. Members must be objects: malformed subsets are not to be packed.
 */
export function packSubsets(subsets: readonly unknown[]): readonly unknown[] {
  if (subsets.length < 2 || !subsets.every(isMergeable) || size(subsets) > maxMembers) return subsets;
  const members = new Numbering();
  let packed = subsets.map((subset) => encode(subset, members));
  for (let round = 0; ; round++) {
    const before = packed.length;
    packed = mergeAlike(packed, ({ ports }) => setKey(ports));
    packed = mergeAlike(packed, ({ ready, notReady }) => `${setKey(ready)};${setKey(notReady)}`);
    if (packed.length === before) break;
    if (round === maxRounds) return subsets;
  }
  if (packed.length === subsets.length || packed.some((subset) => hasTwins(subset, members))) return subsets;
  return packed.map((subset) => decode(subset, members));
}

/** A subset with fields that the API does not know, or whose lists are no lists of shallow objects, is not ours to merge. */
function isMergeable(subset: unknown): subset is Fields {
  return (
    isFields(subset) &&
    Object.entries(subset).every(
      ([key, list]) =>
        (lists as readonly string[]).includes(key) &&
        (list === null ||
          (Array.isArray(list) && list.every((member) => isFields(member) && isShallow(member, maxDepth)))),
    )
  );
}

/** The API's own members are two levels deep. Thousands of levels would overflow the stack where members are compared. */
const maxDepth = 16;

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}

function size(subsets: readonly Fields[]): number {
  let members = subsets.length;
  for (const subset of subsets)
    for (const list of Object.values(subset)) members += Array.isArray(list) ? list.length : 0;
  return members;
}

const lists = ['addresses', 'notReadyAddresses', 'ports'] as const;

/** Gives equal values equal numbers, in the order in which they appear. */
class Numbering {
  readonly #numbers = new Map<string, number>();
  readonly #values: Fields[] = [];

  number(value: Fields): number {
    const key = canonical(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  value(number: number): Fields {
    return this.#values[number] as Fields;
  }
}

/** Equal text for equal JSON, whatever the order of keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

function encode(fields: Fields, members: Numbering): PackedSubset {
  const [ready, notReady, ports] = lists.map((list) =>
    ((fields[list] ?? []) as readonly Fields[]).map((member) => members.number(member)),
  ) as [number[], number[], number[]];
  return { fields, ready, notReady, ports };
}

function decode({ fields, ready, notReady, ports }: PackedSubset, members: Numbering): Fields {
  const values: Record<(typeof lists)[number], readonly number[]> = {
    addresses: ready,
    notReadyAddresses: notReady,
    ports,
  };
  const merged = lists
    .filter((list) => values[list].length > 0)
    .map((list) => [list, values[list].map((n) => members.value(n))]);
  return { ...fields, ...Object.fromEntries(merged) };
}

function setKey(numbers: readonly number[]): string {
  return [...new Set(numbers)].sort((a, b) => a - b).join();
}

function mergeAlike(subsets: readonly PackedSubset[], key: (subset: PackedSubset) => string): PackedSubset[] {
  const alike = Map.groupBy(subsets, key);
  return alike.size === subsets.length ? [...subsets] : [...alike.values()].map(merge);
}

function merge(subsets: readonly PackedSubset[]): PackedSubset {
  const [first] = subsets as [PackedSubset];
  if (subsets.length === 1) return first;
  const union = (list: 'ready' | 'notReady' | 'ports') => [...new Set(subsets.flatMap((subset) => subset[list]))];
  return { fields: first.fields, ready: union('ready'), notReady: union('notReady'), ports: union('ports') };
}

/** Two ports of one name: an EndpointSlice made from it would be refused. Twins that were sent so have not become worse. */
function hasTwins({ fields, ports }: PackedSubset, members: Numbering): boolean {
  const sent = new Set(((fields.ports ?? []) as readonly Fields[]).map((port) => members.number(port))).size;
  const portNames = new Set(ports.map((port) => members.value(port).name ?? ''));
  return ports.length > sent && portNames.size < ports.length;
}

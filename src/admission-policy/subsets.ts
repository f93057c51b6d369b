import type { CelValidation, CheckInput } from './cel-validation.ts';

/** A new object has a subset. */
export function requireSubset(_: CheckInput): CelValidation {
  const list = 'size(object.?subsets.orValue([])) == 0 ? [true] : []';
  return { variables: [], violationLists: [{ list, field: 'subsets', problem: () => '"is missing or empty"' }] };
}

/** Each subset has a ready address. */
export function requireReadyAddress(_: CheckInput): CelValidation {
  const list = 'variables.subsets.filter(s, size(s.?addresses.orValue([])) == 0)';
  return {
    variables: [],
    violationLists: [{ list, field: 'subsets[*].addresses', problem: () => '"holds no ready address"' }],
  };
}

/** Each subset has a port. */
export function requirePort(_: CheckInput): CelValidation {
  const list = 'variables.subsets.filter(s, size(s.?ports.orValue([])) == 0)';
  return {
    variables: [],
    violationLists: [{ list, field: 'subsets[*].ports', problem: () => '"is missing or empty"' }],
  };
}

/** Up to this many comparisons a list is used. It may hold an address twice, which a map cannot. */
const maxCompared = 100_000;

/** No address is ready and not ready in one subset. Compared as addresses, in near-linear time. */
export function forbidReadyAndNotReady({ fields }: CheckInput): CelValidation {
  const ready = 's.?addresses.orValue([])';
  const notReady = 's.?notReadyAddresses.orValue([])';
  const listed = `dyn(${ready}.map(a, string(ip(a.ip))))`;
  const mapped = `dyn(${ready}.transformMapEntry(i, a, {string(ip(a.ip)): true}))`;
  const known = `size(${ready}) * size(${notReady}) <= ${maxCompared} ? ${listed} : ${mapped}`;
  const twice = `[${known}].map(r, ${notReady}.filter(a, string(ip(a.ip)) in r))[0]`;
  const list = `variables.subsets.filter(s, size(${notReady}) > 0).map(s, ${twice}).filter(l, size(l) > 0)`;
  const problem = (found: string) =>
    `"\\"" + ${fields.text(`${found}[0][0]`)} + "\\" is in \\"addresses\\" of its subset too"`;
  return { variables: [], violationLists: [{ list, field: 'subsets[*].notReadyAddresses[*].ip', problem }] };
}

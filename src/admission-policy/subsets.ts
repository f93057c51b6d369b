import { among, type CelValidation, type CheckInput, shown } from './cel-validation.ts';

/** A new object has a subset. */
export function someSubset(_: CheckInput): CelValidation {
  const list = 'size(object.?subsets.orValue([])) == 0 ? [true] : []';
  return { variables: [], violationLists: [{ list, field: 'subsets', problem: () => '"is missing or empty"' }] };
}

/** Each subset has a ready address. */
export function someAddress(_: CheckInput): CelValidation {
  const list = 'variables.subsets.filter(s, size(s.?addresses.orValue([])) == 0)';
  return {
    variables: [],
    violationLists: [{ list, field: 'subsets[*].addresses', problem: () => '"holds no ready address"' }],
  };
}

/** Each subset has a port. */
export function somePort(_: CheckInput): CelValidation {
  const list = 'variables.subsets.filter(s, size(s.?ports.orValue([])) == 0)';
  return {
    variables: [],
    violationLists: [{ list, field: 'subsets[*].ports', problem: () => '"is missing or empty"' }],
  };
}

/** Up to so many comparisons a list of the ready addresses does: it may hold an address twice, which no map can be made of. */
const mostCompared = 100_000;

/** No address is ready and not ready in one subset. Compared as addresses, in near-linear time. */
export function readyOrNotReady({ fields: shape }: CheckInput): CelValidation {
  const ready = 's.?addresses.orValue([])';
  const notReady = 's.?notReadyAddresses.orValue([])';
  const listed = `dyn(${ready}.map(a, string(ip(a.ip))))`;
  const mapped = `dyn(${ready}.transformMapEntry(i, a, {string(ip(a.ip)): true}))`;
  const known = `size(${ready}) * size(${notReady}) <= ${mostCompared} ? ${listed} : ${mapped}`;
  const twice = `[${known}].map(r, ${notReady}.filter(a, string(ip(a.ip)) in r))[0]`;
  const list = `variables.subsets.filter(s, size(${notReady}) > 0).map(s, ${twice}).filter(l, size(l) > 0)`;
  const problem = (found: string) =>
    `"\\"" + ${shape.text(`${found}[0][0]`)} + "\\" is in \\"addresses\\" of its subset too"`;
  return { variables: [], violationLists: [{ list, field: 'subsets[*].notReadyAddresses[*].ip', problem }] };
}

/** targetRef.resourceVersion is not set. */
export function noResourceVersion({ fields: shape }: CheckInput): CelValidation {
  const list = among('variables.addresses', 'a.?targetRef.?resourceVersion.orValue("") != ""');
  const problem = (found: string) => `${shown(`${found}[0][0].targetRef.resourceVersion`)} + " must not be set"`;
  const field = 'subsets[*].addresses[*].targetRef.resourceVersion';
  return { variables: [shape.addresses], violationLists: [{ list, field, problem }] };
}

/** targetRef.fieldPath is a field access statement. */
export function fieldPaths({ fields: shape }: CheckInput): CelValidation {
  const path = 'a.?targetRef.?fieldPath.orValue("")';
  const list = among(
    'variables.addresses',
    `${path} != "" && (size(${path}) > 1024 || !${path}.matches(${JSON.stringify(statement)}))`,
  );
  const problem = (found: string) =>
    `${shown(`${found}[0][0].targetRef.fieldPath`)} + " is not a field access statement"`;
  const field = 'subsets[*].addresses[*].targetRef.fieldPath';
  return { variables: [shape.addresses], violationLists: [{ list, field, problem }] };
}

/** What the rule's own expression says, in RE2, to which `\s` is less than to JavaScript. */
const name = '[A-Za-z_][A-Za-z0-9_]*';
const index = String.raw`\[(?:[0-9]+|'[^'\]\p{Cc}]+'|"[^"\]\p{Cc}]+")\]`;
const element = String.raw`\{[^{}\p{Z}\p{Cc}\x{feff}]+\}`;
const statement = String.raw`^\.?${name}(?:\.${name}|${index}|${element})*$`;

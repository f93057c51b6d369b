import {
  type Embedding,
  embeddings,
  isatap,
  nat64Embeddings,
  type Position,
  parseNat64Prefix,
} from '../endpoints/embedded-ipv4.ts';
import type { CelFields, Variable } from '../kinds/cel-fields.ts';
import { any } from './cel.ts';
import type { CheckInput } from './cel-validation.ts';

/** ISATAP, in the spelling that CEL prints: `5efe` is the sixth of eight groups, and the last two may be left out as zeros. */
const isatapText = '":5efe:[0-9a-f]{1,4}:[0-9a-f]{1,4}$|^([0-9a-f]+:){5}5efe::$"';

export interface Embedded {
  /**
   * The last: lists of `[text, inner]`, where `text` is an IPv6 address that contains IPv4 addresses, and `inner` the list of them, each as
   * the last 32 bits of an IPv6 address whose other bits are 0.
   */
  readonly variables: readonly Variable[];
  readonly name: string;
}

/** The IPv4 addresses inside IPv6 addresses. Rules with NAT64 prefixes of their own have variables of their own. */
export function findEmbeddedIPv4({ fields, id, parameters }: CheckInput): Embedded {
  const own = nat64Embeddings((parameters.nat64Prefixes as readonly string[]).map(parseNat64Prefix));
  const prefix = own.length === 0 ? '' : `${id}_`;
  const wrappers = [...embeddings, ...own].map((one, i) => ({ ...one, name: `${prefix}wrapper_${i}` }));
  const name = `${prefix}embedded`;
  const variables = wrappers.map(({ name, network }) => ({ name, expression: `cidr("${network.text}")` }));
  return { variables: [...variables, { name, expression: listOf(fields, wrappers) }], name };
}

type Wrapper = Embedding & Pick<Variable, 'name'>;

function listOf({ hasAddressType, text }: CelFields, wrappers: readonly Wrapper[]): string {
  const candidate = isCandidate(text('a'), !hasAddressType, wrappers);
  const found = `variables.addresses.map(l, l.filter(a, ${candidate}))`;
  const paired = `.filter(l, size(l) > 0).map(l, l.map(a, [${text('a')}, dyn(${inner(text('a'), wrappers)})]))`;
  return hasAddressType ? `object.addressType == "IPv6" ? ${found}${paired} : []` : `${found}${paired}`;
}

function isCandidate(text: string, mixed: boolean, wrappers: readonly Wrapper[]): string {
  const wraps = wrappers.map(({ name }) => `variables.${name}.containsIP(${text})`);
  const canonical = `string(ip(${text}))`;
  const wrapped = any([...wraps, `(${canonical}.contains("5efe:") && ${canonical}.matches(${isatapText}))`]);
  return mixed ? `${text}.contains(":") && ${wrapped}` : wrapped;
}

/** The list of addresses inside one, from the digits `d` of all its bytes. */
function inner(text: string, wrappers: readonly Wrapper[]): string {
  const parts = wrappers.map(
    ({ name, positions, smallIsNone }) =>
      `(variables.${name}.containsIP(${text})${smallIsNone ? ' && d.substring(24, 28) != "0000"' : ''} ? ${addressesAt(positions)} : [])`,
  );
  const [from, to] = [isatap.hextet * 4, isatap.hextet * 4 + 4];
  const tunnelled = `(d.substring(${from}, ${to}) == "5efe" ? ${addressesAt([isatap.position])} : [])`;
  return `${digitsOf(text)}.map(d, ${[...parts, tunnelled].join(' + ')})[0].map(v, "::" + v.substring(0, 4) + ":" + v.substring(4))`;
}

/** Of several those that begin with more than zeros, where there is one, as `createEmbeddedReader` has it. */
function addressesAt(positions: readonly Position[]): string {
  const list = `[${positions.map(digitsAt).join(', ')}]`;
  if (positions.length === 1) return list;
  const written = 'v.filter(x, !x.startsWith("00"))';
  return `[${list}].map(v, size(${written}) > 0 ? ${written} : v)[0]`;
}

function digitsAt({ bytes, inverted }: Position): string {
  const [first = 0] = bytes;
  const before = bytes.filter((byte, i) => byte === first + i).length;
  const part = (from: number, count: number) => `d.substring(${2 * from}, ${2 * (from + count)})`;
  const digits = before === 4 ? part(first, 4) : `${part(first, before)} + ${part(first + before + 1, 4 - before)}`;
  return inverted
    ? `${digits}.split("").map(x, "fedcba9876543210".charAt("0123456789abcdef".indexOf(x))).join("")`
    : digits;
}

/** A list of the 32 hexadecimal digits of an address. Where `::` leaves groups out, CEL's text is split into two parts. */
function digitsOf(text: string): string {
  const wide = (part: string) => `${part}.split(":").map(g, ("0000" + g).substring(size(g))).join("")`;
  const zeros = '"00000000000000000000000000000000"';
  return `[string(ip(${text})).split("::")].map(p, [${wide('p[0]')}, size(p) == 2 ? ${wide('p[1]')} : ""]).map(h, h[0] + ${zeros}.substring(size(h[0]) + size(h[1])) + h[1])`;
}

import type { CelFields, Variable } from '../kinds/cel-fields.ts';
import { any } from './cel.ts';

/** The IPv4 address is the last 32 bits: IPv4-compatible, IPv4-translated, NAT64. */
const atTheEnd = ['::/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48'];

/** 6to4: the IPv4 address is the second and third group. */
const atTheBeginning = '2002::/16';

/** ISATAP, in the spelling that CEL prints: `5efe` is the sixth of eight groups, and the last two may be left out as zeros. */
const isatap = '":5efe:[0-9a-f]{1,4}:[0-9a-f]{1,4}$|^([0-9a-f]+:){5}5efe::$"';

/**
 * Variables, among them `embedded`: lists of `[text, inner]`, where `text` is an IPv6 address that contains an IPv4 address, and
 * `inner` is that IPv4 address as the last 32 bits of an IPv6 address whose other bits are 0.
 */
export function embeddedVariables({ hasAddressType, text }: CelFields): readonly Variable[] {
  const found = `variables.addresses.map(l, l.filter(a, ${isCandidate(text('a'), !hasAddressType)}))`;
  const paired = `.filter(l, size(l) > 0).map(l, l.map(a, [${text('a')}, dyn(${inner(text('a'))})]))`;
  return [
    ...atTheEnd.map((network, i) => ({ name: `wrapper_${i}`, expression: `cidr("${network}")` })),
    { name: 'wrapper_6to4', expression: `cidr("${atTheBeginning}")` },
    {
      name: 'embedded',
      expression: hasAddressType ? `object.addressType == "IPv6" ? ${found}${paired} : []` : `${found}${paired}`,
    },
  ];
}

function isCandidate(text: string, mixed: boolean): string {
  const wraps = [...atTheEnd.map((_, i) => `wrapper_${i}`), 'wrapper_6to4'].map(
    (name) => `variables.${name}.containsIP(${text})`,
  );
  const canonical = `string(ip(${text}))`;
  const wrapped = any([...wraps, `(${canonical}.contains("5efe:") && ${canonical}.matches(${isatap}))`]);
  return mixed ? `${text}.contains(":") && ${wrapped}` : wrapped;
}

/** Groups that `::` leaves out are `""` here, and mean 0. */
function inner(text: string): string {
  const group = (index: string) => `(p[${index}] == "" ? "0" : p[${index}])`;
  const beginning = `"::" + ${group('1')} + ":" + (p[1] == "" || p[2] == "" ? "0" : p[2])`;
  const end = `"::" + ${group('size(p) - 2')} + ":" + ${group('size(p) - 1')}`;
  return `[string(ip(${text})).split(":")].map(p, variables.wrapper_6to4.containsIP(${text}) ? ${beginning} : ${end})[0]`;
}

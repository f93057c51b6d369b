import { formatIPv4, mappedIPv4, parseAddress } from './address.ts';
import { type AddressProblem, reachableAddress } from './address-problem.ts';
import { explainLocation, explainName } from './explain-location.ts';

type Explain = (text: string, list: string) => AddressProblem | undefined;

/** No address, name or URL that a person writes is longer. */
const maxLength = 300;

/** Why `parseAddress` refused a text, and what to write instead: the most probable mistake. `list`: whose items have an address each. */
export function explainAddress(text: string, list: string): AddressProblem {
  if (text.length <= maxLength)
    for (const explain of mistakes) {
      const found = explain(text, list);
      if (found) return found;
    }
  return noAddress;
}

/** What is true of every text that is no address. */
export const noAddress: AddressProblem = {
  problem: 'is not a valid IP address',
  remedy: 'write four decimal numbers such as 10.9.8.7, or an IPv6 address such as 2001:db8::1',
};

/** The first that applies is told, so the order matters. */
const mistakes: readonly Explain[] = [
  explainPlaceholder,
  explainSurroundings,
  explainSeveral,
  explainPattern,
  explainNetwork,
  explainZone,
  explainLocation,
  explainMapped,
  explainLeadingZeros,
  explainNumbers,
  explainGroups,
  explainName,
];

function explainPlaceholder(text: string): AddressProblem | undefined {
  if (!/\{\{|\$[{(\w]|^<[^<>]+>$|^([%@])\w+\1$/.test(text)) return undefined;
  return {
    problem: 'is a placeholder that nothing has replaced',
    remedy: 'write an address, or render the template first',
  };
}

function explainSurroundings(text: string): AddressProblem | undefined {
  if (text !== text.trim()) return { problem: 'has white space around the address', remedy: 'write the address alone' };
  if (/^(["'`]).*\1$/.test(text))
    return { problem: 'has quotes inside its quotes', remedy: 'write the address with one pair of quotes, or none' };
  return undefined;
}

function explainSeveral(text: string, list: string): AddressProblem | undefined {
  const parts = text.split(/[\s,;|]+/).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => parseAddress(part) || /[a-z]|\d[:/]/i.test(part)))
    return { problem: 'holds more than one address', remedy: eachAlone(list) };
  if (/\s/.test(text))
    return { problem: 'has white space in it', remedy: 'write the address alone, without white space' };
  const [first = '', last = '', ...rest] = text.split(/-|–|~|\.\.+/);
  return parseAddress(first) && rest.length === 0 && /^[\da-f.:]+$/i.test(last)
    ? { problem: 'is a range of addresses', remedy: eachAlone(list) }
    : undefined;
}

function explainPattern(text: string, list: string): AddressProblem | undefined {
  return text.includes('*') ? { problem: 'is a pattern, not an address', remedy: eachAlone(list) } : undefined;
}

/** The remedy for more than one address where one belongs. */
export function eachAlone(list: string): string {
  return `write each address as an item of "${list}" of its own`;
}

function explainNetwork(text: string): AddressProblem | undefined {
  return /^[\da-f.:]+\/[\d.]+$/i.test(text)
    ? { problem: 'is a network, not an address', remedy: 'write one address without a prefix' }
    : undefined;
}

function explainZone(text: string): AddressProblem | undefined {
  const zone = text.indexOf('%');
  if (zone < 0) return undefined;
  const address = parseAddress(text.slice(0, zone));
  if (address?.family === 'IPv6' && ((address.hextets[0] ?? 0) & 0xffc0) === 0xfe80)
    return { problem: 'has a zone, and is a link-local address', remedy: reachableAddress };
  return { problem: 'has a zone', remedy: 'write the address without the part from % on' };
}

function explainMapped(text: string): AddressProblem | undefined {
  const mapped = mappedIPv4(text);
  if (mapped === undefined) return undefined;
  const problem = 'is an IPv4 address written as IPv6, which Kubernetes 1.36 and later refuse';
  return { problem, remedy: `write ${formatIPv4(mapped)}` };
}

function explainLeadingZeros(text: string): AddressProblem | undefined {
  if (!text.includes('.')) return undefined;
  const plain = text.replace(/(^|[.:])0+(?=\d)/g, '$1');
  if (!parseAddress(plain)) return undefined;
  const problem = 'has leading zeros, which some programs read as octal';
  return { problem, remedy: `write ${plain} if the numbers are decimal` };
}

function explainNumbers(text: string): AddressProblem | undefined {
  if (!/^\d+(?:\.\d+)*$/.test(text)) return undefined;
  const numbers = text.split('.');
  if (numbers.length === 4)
    return { problem: 'has a number above 255', remedy: 'write four decimal numbers from 0 to 255, such as 10.9.8.7' };
  const count = numbers.length === 1 ? 'is one number' : `has ${numbers.length} numbers`;
  return { problem: `${count} instead of four`, remedy: 'write four decimal numbers such as 10.9.8.7' };
}

function explainGroups(text: string): AddressProblem | undefined {
  if (/^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(text))
    return { problem: 'is a hardware address (MAC)', remedy: 'write the IP address of the endpoint' };
  if (!/^[\da-f:.]*$/i.test(text) || !(text.includes('::') || text.split(':').length > 4)) return undefined;
  const remedy =
    'write eight groups of up to four hexadecimal digits, or :: once for a run of zeros, as in 2001:db8::1';
  return { problem: 'is not a valid IPv6 address', remedy };
}

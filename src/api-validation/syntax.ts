import { isDnsSubdomain } from '../endpoints/dns.ts';

export const nameSyntax =
  'lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253 characters';
export const labelSyntax = 'at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit';
export const qualifiedSyntax = `${labelSyntax}, with a DNS subdomain and "/" before it or without`;

const namePart = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** The key of a label: a name of 1 to 63 characters, with a DNS subdomain and a slash before it or without. */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/', 3);
  const name = parts.pop() ?? '';
  return parts.length < 2 && parts.every(isDnsSubdomain) && name.length <= 63 && namePart.test(name);
}

/** Empty, or up to 63 characters as in a qualified name. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && namePart.test(text));
}

const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

/** RFC 3339 as Go reads it: an hour may have one digit, a fraction a comma. */
export function isTime(text: string): boolean {
  const parts = time.exec(text)?.slice(1).map(Number);
  if (!parts) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = parts;
  const inDay = hour < 24 && minute < 60 && second < 60 && !(zoneHour > 24 || zoneMinute > 60);
  return inDay && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  // The calendar repeats after 400 years, and JavaScript takes the year 26 for 1926.
  const first = (of: number) => Date.UTC(year + 400, of, 1);
  return (first(month) - first(month - 1)) / 86_400_000;
}

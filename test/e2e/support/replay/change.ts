import fc from 'fast-check';
import { isFields } from '../../../../src/json/fields.ts';

const texts = [
  ...[
    '',
    ' ',
    'a',
    'A',
    'a.b',
    '-a',
    'a-',
    'a--',
    '.',
    'a.',
    'a..b',
    'a_b',
    'a/b',
    'a/b/c',
    '/',
    '/a',
    'a/',
    'A.b/c',
    'é',
    'a\n',
    '\u0000',
  ],
  ...[
    'x'.repeat(63),
    'x'.repeat(64),
    'x'.repeat(129),
    'x'.repeat(253),
    'x'.repeat(254),
    `${'x'.repeat(57)}-`,
    `${'x'.repeat(70)}.`,
  ],
  ...[`${'x'.repeat(254)}/a`, `a/${'x'.repeat(64)}`, `${'x'.repeat(64)}.example.com`, 'x'.repeat(257)],
  ...[
    '10.0.0.1',
    '127.0.0.1',
    '0.0.0.0',
    '169.254.1.1',
    '224.0.0.1',
    '224.0.1.1',
    '239.1.1.1',
    '255.255.255.255',
    '0.0.0.1',
  ],
  ...[
    '010.1.2.3',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.4/8',
    '1.2.3.4:80',
    '::',
    '::1',
    '::2',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'ff12::1',
  ],
  ...[
    'ff05::1',
    'ff0e::1',
    '2001:DB8::1',
    '2001:db8:0:0:1:0:0:1',
    '1:0:0:2:0:0:0:3',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '2001:db8::0001',
  ],
  ...[
    '::ffff:1.2.3.4',
    '::ffff:102:304',
    '::1.2.3.4',
    '64:ff9b::1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
    '2001:db8::/64',
    'fe80::1%eth0',
    '[::1]',
  ],
  ...[
    'db.example.com',
    'db.example.com.',
    'db.example.com..',
    'db',
    '1.2',
    'DB.example.com',
    '*.example.com',
    '_a.example.com',
  ],
  ...[
    'TCP',
    'tcp',
    'UDP',
    'SCTP',
    'IPv4',
    'IPv6',
    'FQDN',
    'ipv4',
    'v1',
    'apps/v1',
    '/v1',
    'apps/',
    'Event',
    'Pod',
    'Apply',
    'apply',
    'FieldsV1',
  ],
  ...[
    'kubernetes',
    'orphan',
    'foregroundDeletion',
    'true',
    '80',
    'null',
    'web',
    'web-1',
    'a'.repeat(63),
    'http',
    'kubernetes.io/h2c',
  ],
  ...[
    '2026-01-31T12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2024-02-29T00:00:00Z',
    '2026-01-01',
    '2026-01-01 00:00:00Z',
    '2026-01-01T24:00:00Z',
  ],
  ...[
    '2026-01-01T1:00:00Z',
    '2026-01-01T00:00:00,5Z',
    '2026-01-01T00:00:00.5+24:00',
    '2026-01-01T00:00:00+25:00',
    '2026-01-01t00:00:00z',
  ],
  ...[
    '2026-01-01T00:00:60Z',
    '0000-01-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T00:00:00-00:60',
    '2026-01-01T00:00:00',
  ],
];
const numbers = [
  0,
  1,
  -1,
  80,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  1.5,
  2 ** 53,
  -1.5,
  1e15,
];
const others = [
  true,
  false,
  null,
  [],
  {},
  [null],
  [''],
  ['a'],
  [{}],
  [[]],
  { a: 'b' },
  { '': '' },
  { a: null },
  { a: 1 },
  { name: 'a' },
];

const keys = [
  'x',
  'port',
  'ip',
  'name',
  'address',
  'zone',
  'lables',
  '__proto__',
  'constructor',
  'a/b',
  '',
  'é',
  'IP',
  'Ports',
  'a b',
];

/** One thing that is changed in an object. */
export const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom(
    'likely',
    'likely',
    'likely',
    'value',
    'value',
    'remove',
    'key',
    'case',
    'extra',
    'repeat',
    'many',
  ),
  text: fc.constantFrom(...texts),
  number: fc.constantFrom(...numbers),
  other: fc.constantFrom(...others),
  key: fc.oneof(fc.constantFrom(...keys), fc.constantFrom(...texts)),
  times: fc.constantFrom(8, 9, 100, 101, 1000, 1001, 20_000, 20_001),
});

export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

interface Slot {
  readonly holder: unknown[] | Record<string, unknown>;
  readonly key: string;
}

/** The object with the change made in a copy of it; kind and apiVersion are left alone. */
export function applyChange(object: unknown, made: Change): unknown {
  const copy = structuredClone(object);
  const slots = slotsOf(copy).filter(({ holder, key }) => holder !== copy || (key !== 'kind' && key !== 'apiVersion'));
  const slot = slots[made.at % slots.length];
  if (slot) ways[made.how]?.(slot, made);
  return copy;
}

const ways: Readonly<Record<string, (slot: Slot, made: Change) => void>> = {
  likely: (slot, made) => write(slot, slot.key, ofSameType(read(slot), made)),
  value: (slot, { at, text, number, other }) => write(slot, slot.key, [text, number, other][at % 3]),
  remove: (slot) => remove(slot),
  key: (slot, made) =>
    rename(
      slot,
      `${slot.key.slice(0, made.at % (slot.key.length + 1))}${slot.key.slice((made.at % (slot.key.length + 1)) + 1)}`,
    ),
  case: (slot) =>
    rename(
      slot,
      slot.key.charAt(0) === slot.key.charAt(0).toUpperCase() ? slot.key.toLowerCase() : slot.key.toUpperCase(),
    ),
  extra: (slot, made) =>
    write(slot, Array.isArray(slot.holder) ? `${slot.holder.length}` : made.key, ofSameType(read(slot), made)),
  repeat: ({ holder }) => Array.isArray(holder) && holder.push(...structuredClone(holder)),
  many: ({ holder }, { times }) => {
    if (!Array.isArray(holder)) return;
    const [first] = holder;
    if ((JSON.stringify(first) ?? '').length * times > 1_000_000) return; // an object of megabytes shows nothing more
    for (let i = holder.length; i < times; i++) holder.push(numbered(first, i));
  },
};

function slotsOf(value: unknown): readonly Slot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Slot['holder'];
  return Object.entries(value).flatMap(([key, item]) => [{ holder, key }, ...slotsOf(item)]);
}

function read({ holder, key }: Slot): unknown {
  return Reflect.get(holder, key);
}

/** Also a key named `__proto__` becomes one of the object's own. */
function write({ holder }: Slot, key: string, value: unknown): void {
  Object.defineProperty(holder, key, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function remove({ holder, key }: Slot): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function rename(slot: Slot, key: string): void {
  if (Array.isArray(slot.holder)) return;
  const value = read(slot);
  remove(slot);
  write(slot, key, value);
}

function ofSameType(value: unknown, { at, text, number, other }: Change): unknown {
  if (typeof value === 'string') return text;
  if (typeof value === 'number') return number;
  if (typeof value === 'boolean') return at % 2 === 0;
  return [text, number, other][at % 3];
}

/** The same item with a name of its own, for where names must differ. */
function numbered(item: unknown, i: number): unknown {
  return isFields(item) && 'name' in item ? { ...item, name: `n${i}` } : structuredClone(item);
}

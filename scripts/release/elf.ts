import { readFileSync } from 'node:fs';

/** What a binary says of itself: elf(5). */
export interface Elf {
  readonly machine: number;
  /** The path of the loader; libraries have none. */
  readonly interpreter?: string;
  /** The libraries that it is linked to, by their names. */
  readonly needed: readonly string[];
}

const segmentTypes = { load: 1, dynamic: 2, interpreter: 3 };
const tags = { end: 0, needed: 1, stringTable: 5 };

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads a binary of 64 bits, little-endian, whatever machine it is for. ldd would run it. */
export function readElf(file: string): Elf {
  const bytes = readFileSync(file);
  if (bytes.toString('latin1', 0, 6) !== '\x7fELF\x02\x01')
    throw new Error(`${file} is not an ELF file of 64 bits, little-endian`);
  const segments = segmentsOf(bytes);
  const interpreter = segments.find(({ type }) => type === segmentTypes.interpreter);
  return {
    machine: bytes.readUInt16LE(18),
    ...(interpreter && { interpreter: textAt(bytes, interpreter.offset) }),
    needed: neededOf(bytes, segments),
  };
}

function segmentsOf(bytes: Buffer): readonly Segment[] {
  const [table, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    const number = (offset: number) => Number(bytes.readBigUInt64LE(at + offset));
    return { type: bytes.readUInt32LE(at), offset: number(8), address: number(16), size: number(32) };
  });
}

function neededOf(bytes: Buffer, segments: readonly Segment[]): readonly string[] {
  const dynamic = segments.find(({ type }) => type === segmentTypes.dynamic);
  if (dynamic === undefined) return [];
  const entries = Array.from({ length: dynamic.size / 16 }, (_, index) => {
    const at = dynamic.offset + index * 16;
    return { tag: Number(bytes.readBigInt64LE(at)), value: Number(bytes.readBigUInt64LE(at + 8)) };
  });
  const end = entries.findIndex(({ tag }) => tag === tags.end);
  const table = entries.find(({ tag }) => tag === tags.stringTable)?.value ?? 0;
  return entries
    .slice(0, end)
    .filter(({ tag }) => tag === tags.needed)
    .map(({ value }) => textAt(bytes, placeOf(table, segments) + value));
}

/** Where in the file that is which is at this address in memory. */
function placeOf(address: number, segments: readonly Segment[]): number {
  const segment = segments.find(
    ({ type, address: from, size }) => type === segmentTypes.load && address >= from && address < from + size,
  );
  return address - (segment?.address ?? 0) + (segment?.offset ?? 0);
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString('utf8', offset, bytes.indexOf(0, offset));
}

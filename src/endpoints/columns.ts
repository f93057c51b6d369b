import type { Address } from './address.ts';
import { NameColumn } from './name-column.ts';
import { NumberColumn } from './number-column.ts';
import { SparseColumn } from './sparse-column.ts';
import { upperBound } from './upper-bound.ts';
import type { AddressFields, EndpointFields, PortFields } from './view.ts';

/** How an address is held: the family and the readiness in the bits of one number. */
export const [isReady, isIPv4, isIPv6] = [1, 2, 4];

/** Values by index. */
interface Column<T> {
  at(index: number): T | undefined;
}

/**
 * What a view holds of an object: a column for each field, all subsets one after the other. So an address costs tens of bytes, and hundreds
 * as an object. Readers add the addresses of an endpoint before the endpoint, and end the subset.
 */
export class Columns {
  readonly hostnames = new SparseColumn<string>();
  readonly nodeNames = new NameColumn();
  readonly targetResourceVersions = new SparseColumn<string>();
  readonly targetFieldPaths = new SparseColumn<string>();
  readonly #targetRefs = new SparseColumn<unknown>();
  /** Up to which address an endpoint has them. */
  readonly addressEnds = new NumberColumn();

  readonly #texts: string[] = [];
  readonly flags = new NumberColumn();
  /** An IPv4 address, or where in `words` an IPv6 address begins. */
  readonly values = new NumberColumn();
  /** Four for each IPv6 address. */
  readonly words = new NumberColumn();

  readonly portNames: string[] = [];
  readonly portNumbers: PortFields['number'][] = [];
  readonly protocols: string[] = [];

  /** Of each subset, three: up to which endpoint the ready ones go, and all, and up to which port. */
  readonly #subsetEnds = new NumberColumn();

  get addressCount(): number {
    return this.flags.length;
  }

  get endpointCount(): number {
    return this.addressEnds.length;
  }

  holdsMoreThan(items: number): boolean {
    return Math.max(this.addressCount, this.endpointCount, this.portNumbers.length, this.subsetCount) > items;
  }

  get subsetCount(): number {
    return this.#subsetEnds.length / 3;
  }

  readonly texts: Column<unknown>;
  readonly targetRefs: Column<unknown>;

  /** `sent`: the texts and targets, where they stay with the reader. */
  constructor(sent?: { readonly texts: Column<unknown>; readonly targetRefs: Column<unknown> }) {
    this.texts = sent?.texts ?? this.#texts;
    this.targetRefs = sent?.targetRefs ?? this.#targetRefs;
  }

  addIPv4(value: number, ready: boolean): void {
    this.flags.push((ready ? isReady : 0) | isIPv4);
    this.values.push(value);
  }

  /** What was added from an address on is not ready. */
  clearReady(first: number): void {
    for (let i = first; i < this.flags.length; i++) this.flags.set(i, this.flags.at(i) & ~isReady);
  }

  addAddress({ text, address, ready }: AddressFields): void {
    this.#texts.push(text);
    this.flags.push((ready ? isReady : 0) | (address ? familyFlag(address) : 0));
    this.values.push(address?.family === 'IPv4' ? address.value : this.words.length);
    if (address?.family !== 'IPv6') return;
    for (let i = 0; i < 8; i += 2) this.words.push((address.hextets[i] ?? 0) * 0x10000 + (address.hextets[i + 1] ?? 0));
  }

  addEndpoint(
    { hostname, nodeName, targetResourceVersion, targetFieldPath }: EndpointFields,
    targetRef: unknown,
  ): void {
    const index = this.endpointCount;
    this.hostnames.set(index, hostname);
    this.nodeNames.set(index, nodeName);
    this.targetResourceVersions.set(index, targetResourceVersion);
    this.targetFieldPaths.set(index, targetFieldPath);
    this.#targetRefs.set(index, targetRef);
    this.endEndpoint();
  }

  columnOf(field: keyof EndpointFields): { readonly end: number } {
    return this[`${field}s`];
  }

  /** Makes room for so many more endpoints with one IPv4 address and a node each. */
  reserve(count: number): void {
    for (const column of [this.addressEnds, this.flags, this.values, this.nodeNames]) column.reserve(count);
  }

  /** The addresses since the last endpoint are those of one more. */
  endEndpoint(): void {
    this.addressEnds.push(this.flags.length);
  }

  addPort({ name, number, protocol }: PortFields): void {
    this.portNames.push(name);
    this.portNumbers.push(number);
    this.protocols.push(protocol);
  }

  /** `readyEnd`: up to which endpoint the list of those that are ready goes, where there is one. */
  endSubset(readyEnd: number): void {
    this.#subsetEnds.push(readyEnd);
    this.#subsetEnds.push(this.endpointCount);
    this.#subsetEnds.push(this.portNumbers.length);
  }

  readyEnd(subset: number): number {
    return this.#subsetEnds.at(3 * subset);
  }

  endpointEnd(subset: number): number {
    return this.#subsetEnds.at(3 * subset + 1);
  }

  portEnd(subset: number): number {
    return this.#subsetEnds.at(3 * subset + 2);
  }

  /** The endpoint that has an address. */
  endpointOf(address: number): number {
    return upperBound(this.addressEnds, address);
  }
}

function familyFlag({ family }: Address): number {
  return family === 'IPv4' ? isIPv4 : isIPv6;
}

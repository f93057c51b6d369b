import { parseAddress } from '../endpoints/address.ts';
import type { Columns } from '../endpoints/columns.ts';
import { maxItems } from '../endpoints/field-reader.ts';
import { readIPv4 } from '../endpoints/ipv4-bytes.ts';
import type { NumberColumn } from '../endpoints/number-column.ts';
import type { ItemPattern } from '../json/item-pattern.ts';
import { type Members, membersOf, readMembers } from '../json/members.ts';
import { readItems } from '../json/read-items.ts';
import type { Scanner } from '../json/scanner.ts';
import { undecided } from '../json/tokens.ts';
import { NameTable } from './name-table.ts';

/** No longer text is an address. */
const maxAddressLength = 45;

/** The texts of an endpoint that a view has. */
type Field = 'address' | 'hostname' | 'nodeName' | 'targetResourceVersion' | 'targetFieldPath';

/** How the last endpoint was made that was read member by member, so that those like it need not be. */
interface Learned {
  /** Which text of the item is which field. */
  readonly fields: readonly { readonly text: number; readonly field: Field }[];
  readonly isReady: boolean;
  /** Behind which text the target begins, and how far; `undefined` where there is none. */
  readonly target: { readonly text: number; readonly bytes: number } | undefined;
}

/** Reads lists of endpoints into columns. */
export class EndpointReader {
  readonly #scan: Scanner;
  readonly #columns: Columns;
  readonly #texts: NumberColumn;
  readonly #targets: NumberColumn;
  readonly #nodeNames: NameTable;
  /** Of all addresses; `undefined` where each may have another. */
  #family: 'IPv4' | 'IPv6' | undefined;
  // Of the endpoint that is being read:
  #isReady = true;
  #target = 0;
  #fields: { readonly text: number; readonly field: Field }[] = [];

  constructor(scan: Scanner, columns: Columns, texts: NumberColumn, targets: NumberColumn) {
    this.#scan = scan;
    this.#columns = columns;
    this.#texts = texts;
    this.#targets = targets;
    this.#nodeNames = new NameTable(scan.bytes, columns.nodeNames.names);
  }

  /** One of the two lists of a subset. */
  readAddresses(ready: boolean): void {
    this.#readList(addressMembers, ready, 1);
  }

  /** The endpoints of a slice. */
  readEndpoints(family: 'IPv4' | 'IPv6'): void {
    this.#family = family;
    this.#readList(endpointMembers, true, 0);
  }

  /** `required`: the members that an endpoint must have. */
  #readList(members: Members<EndpointReader>, ready: boolean, required: number): void {
    let learned: Learned | undefined;
    readItems(this.#scan, {
      read: () => this.#readEndpoint(members, ready, required),
      learn: (pattern, start) => {
        learned = this.#learn(pattern, start);
      },
      take: (pattern, start) => {
        if (learned) this.#take(pattern, learned, start);
      },
    });
  }

  #readEndpoint(members: Members<EndpointReader>, ready: boolean, required: number): void {
    const first = this.#columns.addressCount;
    this.#isReady = ready;
    this.#target = 0;
    this.#fields = [];
    const seen = readMembers(this.#scan, members, this);
    if ((Math.max(seen, 0) & required) !== required) throw undecided;
    if (this.#isReady !== ready) this.#columns.clearReady(first);
    this.#end(this.#target);
  }

  #learn(pattern: ItemPattern, start: number): Learned {
    this.#reserve(this.#scan.at - start);
    const text = pattern.ends.findLastIndex((end) => end < this.#target);
    const target = this.#target === 0 ? undefined : { text, bytes: this.#target - (pattern.ends[text] ?? start) };
    return { fields: this.#fields, isReady: this.#isReady, target };
  }

  /** Makes room for what the list has at most if all of it is as short as this item, so that columns need not grow. */
  #reserve(bytes: number): void {
    const count = Math.min(maxItems, Math.floor((this.#scan.bytes.length - this.#scan.at) / bytes));
    for (const column of [this.#columns, this.#texts, this.#targets]) column.reserve(count);
  }

  #take({ starts, ends }: ItemPattern, { fields, isReady, target }: Learned, start: number): void {
    for (let i = 0; i < fields.length; i++) {
      const { text, field } = fields[i] as Learned['fields'][number];
      this.#add(field, starts[text] as number, ends[text] as number, isReady);
    }
    this.#end(target ? (ends[target.text] ?? start) + target.bytes : 0);
  }

  /** A text; `null` is an absent one, but for an address. */
  readText(field: Field): void {
    const scan = this.#scan;
    if (!scan.readText()) {
      if (field === 'address') throw undecided;
      return;
    }
    if (scan.passed) this.#fields.push({ text: scan.passed.length / 2 - 1, field });
    this.#add(field, scan.textStart, scan.textEnd, this.#isReady);
  }

  #add(field: Field, start: number, end: number, ready: boolean): void {
    const columns = this.#columns;
    const index = columns.endpointCount;
    if (field === 'address') this.#addAddress(start, end, ready);
    else if (field === 'nodeName') columns.nodeNames.setNumber(index, this.#nodeNames.numberAt(start, end));
    else {
      const text = this.#scan.bytes.toString('latin1', start, end);
      if (field === 'hostname') columns.hostnames.set(index, text);
      else if (field === 'targetFieldPath') columns.targetFieldPaths.set(index, text);
      else columns.targetResourceVersions.set(index, text);
    }
  }

  #addAddress(start: number, end: number, ready: boolean): void {
    const { bytes } = this.#scan;
    this.#texts.push(start - 1);
    const value = readIPv4(bytes, start, end);
    if (value >= 0 && this.#family !== 'IPv6') {
      this.#columns.addIPv4(value, ready);
      return;
    }
    if (end - start > maxAddressLength) throw undecided;
    const address = parseAddress(bytes.toString('latin1', start, end));
    if (!address || (this.#family && this.#family !== address.family)) throw undecided;
    this.#columns.addAddress({ text: '', address, ready });
  }

  readAddressList(): void {
    if (this.#scan.enterList()) while (this.#scan.nextItem()) this.readText('address');
  }

  readConditions(): void {
    readMembers(this.#scan, conditionMembers, this);
  }

  readReady(): void {
    this.#isReady = this.#scan.readFlag() ?? true;
  }

  readFlag(): void {
    this.#scan.readFlag();
  }

  readTarget(): void {
    this.#target = this.#scan.findValue();
    readMembers(this.#scan, targetMembers, this);
  }

  /** A text that no rule looks at. */
  passText(): void {
    this.#scan.readText();
  }

  #end(target: number): void {
    this.#targets.push(target);
    this.#columns.endEndpoint();
  }
}

const passText = (reader: EndpointReader) => reader.passText();

const addressMembers = membersOf<EndpointReader>({
  ip: (reader) => reader.readText('address'),
  hostname: (reader) => reader.readText('hostname'),
  nodeName: (reader) => reader.readText('nodeName'),
  targetRef: (reader) => reader.readTarget(),
});

const endpointMembers = membersOf<EndpointReader>({
  addresses: (reader) => reader.readAddressList(),
  conditions: (reader) => reader.readConditions(),
  hostname: (reader) => reader.readText('hostname'),
  targetRef: (reader) => reader.readTarget(),
  nodeName: (reader) => reader.readText('nodeName'),
  zone: passText,
});

const conditionMembers = membersOf<EndpointReader>({
  ready: (reader) => reader.readReady(),
  serving: (reader) => reader.readFlag(),
  terminating: (reader) => reader.readFlag(),
});

const targetMembers = membersOf<EndpointReader>({
  kind: passText,
  namespace: passText,
  name: passText,
  uid: passText,
  apiVersion: passText,
  resourceVersion: (reader) => reader.readText('targetResourceVersion'),
  fieldPath: (reader) => reader.readText('targetFieldPath'),
});

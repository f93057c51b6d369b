import { parseAddress } from '../endpoints/address.ts';
import { Columns } from '../endpoints/columns.ts';
import { createFieldReader, maxItems } from '../endpoints/field-reader.ts';
import type { Finding } from '../endpoints/finding.ts';
import { readIPv4 } from '../endpoints/ipv4-bytes.ts';
import { NumberColumn } from '../endpoints/number-column.ts';
import type { Fields } from '../json/fields.ts';
import { type Keys, keysOf, type Scanner, undecided } from '../json/scanner.ts';
import { SentColumn } from '../json/sent-column.ts';
import type { KindDefinition } from './kind.ts';
import { parseMetadata } from './metadata.ts';

type Root = Pick<KindDefinition, 'kind' | 'apiVersion' | 'servingState'>;

const metadataNames = ['name', 'generateName', 'labels', 'annotations', 'ownerReferences', 'finalizers'];
const metadataKeys = keysOf(...metadataNames);
const targetKeys = keysOf('kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath');
const portKeys = keysOf('name', 'port', 'protocol');
const slicePortKeys = keysOf('name', 'port', 'protocol', 'appProtocol');
const addressKeys = keysOf('ip', 'hostname', 'nodeName', 'targetRef');
const endpointKeys = keysOf('addresses', 'conditions', 'hostname', 'targetRef', 'nodeName', 'zone');
const conditionKeys = keysOf('ready', 'serving', 'terminating');
const subsetKeys = keysOf('addresses', 'notReadyAddresses', 'ports');

/**
 * Reads objects from bytes into columns, without a tree. It reads what the readers of values read without a finding, into the same view:
 * tests hold them to that. Whatever would be a finding is undecided, and so is each key that comes twice.
 */
export class ByteReader {
  readonly columns: Columns;
  readonly #scan: Scanner;
  readonly #textStarts = new NumberColumn();
  readonly #targetStarts = new NumberColumn();
  readonly #names: string[] = [];

  constructor(scan: Scanner) {
    this.#scan = scan;
    this.columns = new Columns({
      texts: new SentColumn(scan.bytes, this.#textStarts),
      targetRefs: new SentColumn(scan.bytes, this.#targetStarts),
    });
  }

  /** Reads an object's `kind` and `apiVersion`, which must be these, its metadata, and the members that `readers` read; the `keys` are in this order. */
  readRoot({ kind, apiVersion, servingState }: Root, keys: Keys, readers: readonly (() => void)[]) {
    const scan = this.#scan;
    let seen = 0;
    let metadata: Fields = {};
    const skip = () => scan.skipValue();
    if (!scan.enterObject()) throw undecided;
    for (let key = scan.nextMember(keys, 0); key >= 0; key = scan.nextMember(keys, key + 1)) {
      seen = once(seen, key, keys);
      if (key === 0 || key === 1) {
        if (this.#readOptionalText() !== [kind, apiVersion][key]) throw undecided;
      } else if (key === 2) metadata = this.#parseMetadata();
      else (readers[key - 3] ?? skip)();
    }
    if ((seen & 3) !== 3) throw undecided;
    const findings: Finding[] = [];
    const names = parseMetadata(metadata, servingState, createFieldReader(findings, 1));
    if (findings.length > 0) throw undecided;
    return names;
  }

  /** Only the members that are looked at. */
  #parseMetadata(): Fields {
    const fields: Record<string, unknown> = {};
    let seen = 0;
    if (this.#scan.enterObject())
      for (
        let key = this.#scan.nextMember(metadataKeys, 0);
        key >= 0;
        key = this.#scan.nextMember(metadataKeys, key + 1)
      ) {
        seen = once(seen, key, metadataKeys);
        const name = metadataNames[key];
        if (name === undefined) this.#scan.skipValue();
        else fields[name] = this.#scan.parseValue();
      }
    return fields;
  }

  readSubsets(): void {
    const { columns } = this;
    let count = 0;
    if (this.#scan.enterList())
      while (this.#scan.nextItem()) {
        this.#readSubset();
        if (++count > maxItems) throw undecided;
      }
    if (columns.addressEnds.length > maxItems || columns.portNumbers.length > maxItems) throw undecided;
  }

  #readSubset(): void {
    const { columns } = this;
    let seen = 0;
    let readyEnd = columns.addressEnds.length;
    if (this.#scan.enterObject())
      for (let key = this.#scan.nextMember(subsetKeys, 0); key >= 0; key = this.#scan.nextMember(subsetKeys, key + 1)) {
        seen = once(seen, key, subsetKeys);
        if (key === 0) {
          if (seen & 2) throw undecided; // those that are ready come first
          this.#readAddresses(true);
          readyEnd = columns.addressEnds.length;
        } else if (key === 1) this.#readAddresses(false);
        else if (key === 2) this.#readPorts(portKeys, 0);
        else this.#scan.skipValue();
      }
    columns.endSubset(readyEnd);
  }

  #readAddresses(ready: boolean): void {
    if (!this.#scan.enterList()) return;
    while (this.#scan.nextItem()) {
      let seen = 0;
      const index = this.columns.addressEnds.length;
      let targetStart = 0;
      if (!this.#scan.enterObject()) throw undecided;
      for (
        let key = this.#scan.nextMember(addressKeys, 0);
        key >= 0;
        key = this.#scan.nextMember(addressKeys, key + 1)
      ) {
        seen = once(seen, key, addressKeys);
        if (key === 0) this.#readAddress(ready);
        else if (key === 1) this.columns.hostnames.set(index, this.#readOptionalText());
        else if (key === 2) this.columns.nodeNames.set(index, this.#readName());
        else if (key === 3) targetStart = this.#readTarget(index);
        else this.#scan.skipValue();
      }
      if (!(seen & 1)) throw undecided;
      this.#endEndpoint(targetStart);
    }
  }

  /** `family`: of all addresses. */
  readEndpoints(family: 'IPv4' | 'IPv6' | undefined): void {
    if (!family) throw undecided; // it has not come yet
    if (!this.#scan.enterList()) return;
    while (this.#scan.nextItem()) this.#readEndpoint(family);
    if (this.columns.flags.length > maxItems || this.columns.addressEnds.length > maxItems) throw undecided;
  }

  #readEndpoint(family: 'IPv4' | 'IPv6'): void {
    let seen = 0;
    const { columns } = this;
    const index = columns.addressEnds.length;
    const first = columns.flags.length;
    let ready = true;
    let targetStart = 0;
    if (this.#scan.enterObject())
      for (
        let key = this.#scan.nextMember(endpointKeys, 0);
        key >= 0;
        key = this.#scan.nextMember(endpointKeys, key + 1)
      ) {
        seen = once(seen, key, endpointKeys);
        if (key === 0) this.#readAddressTexts(family);
        else if (key === 1) ready = this.#readConditions();
        else if (key === 2) columns.hostnames.set(index, this.#readOptionalText());
        else if (key === 3) targetStart = this.#readTarget(index);
        else if (key === 4) columns.nodeNames.set(index, this.#readName());
        else if (key === 5) this.#scan.readText();
        else this.#scan.skipValue();
      }
    if (!ready) columns.clearReady(first);
    this.#endEndpoint(targetStart);
  }

  #readAddressTexts(family: 'IPv4' | 'IPv6'): void {
    if (this.#scan.enterList()) while (this.#scan.nextItem()) if (this.#readAddress(true) !== family) throw undecided;
  }

  #readConditions(): boolean {
    let seen = 0;
    let ready = true;
    if (this.#scan.enterObject())
      for (
        let key = this.#scan.nextMember(conditionKeys, 0);
        key >= 0;
        key = this.#scan.nextMember(conditionKeys, key + 1)
      ) {
        seen = once(seen, key, conditionKeys);
        if (key === conditionKeys.length) this.#scan.skipValue();
        else {
          const flag = this.#scan.readFlag();
          if (key === 0) ready = flag ?? true;
        }
      }
    return ready;
  }

  #readAddress(ready: boolean): 'IPv4' | 'IPv6' {
    const scan = this.#scan;
    if (!scan.readText()) throw undecided;
    this.#textStarts.push(scan.textStart - 1);
    const value = readIPv4(scan.bytes, scan.textStart, scan.textEnd);
    if (value >= 0) {
      this.columns.addIPv4(value, ready);
      return 'IPv4';
    }
    const text = scan.bytes.toString('latin1', scan.textStart, scan.textEnd);
    const address = parseAddress(text);
    if (!address) throw undecided;
    this.columns.addAddress({ text: '', address, ready });
    return address.family;
  }

  /** Where it begins. */
  #readTarget(index: number): number {
    const scan = this.#scan;
    const start = scan.findValue();
    let seen = 0;
    if (scan.enterObject())
      for (let key = scan.nextMember(targetKeys, 0); key >= 0; key = scan.nextMember(targetKeys, key + 1)) {
        seen = once(seen, key, targetKeys);
        if (key === targetKeys.length) scan.skipValue();
        else if (key === 5) this.columns.targetResourceVersions.set(index, this.#readOptionalText());
        else if (key === 6) this.columns.targetFieldPaths.set(index, this.#readOptionalText());
        else scan.readText();
      }
    return start;
  }

  #endEndpoint(targetStart: number): void {
    this.#targetStarts.push(targetStart);
    this.columns.endEndpoint();
  }

  readSlicePorts(): void {
    this.#readPorts(slicePortKeys, 'every');
    if (this.columns.portNumbers.length > maxItems) throw undecided;
  }

  #readPorts(keys: Keys, missing: 0 | 'every'): void {
    if (!this.#scan.enterList()) return;
    while (this.#scan.nextItem()) {
      let seen = 0;
      let name: string | undefined;
      let number: number | undefined;
      let protocol: string | undefined;
      if (this.#scan.enterObject())
        for (let key = this.#scan.nextMember(keys, 0); key >= 0; key = this.#scan.nextMember(keys, key + 1)) {
          seen = once(seen, key, keys);
          if (key === 0) name = this.#readOptionalText();
          else if (key === 1) number = this.#scan.readInteger();
          else if (key === 2) protocol = this.#readOptionalText();
          else if (key === 3 && key < keys.length) this.#scan.readText();
          else this.#scan.skipValue();
        }
      this.columns.addPort({ name: name ?? '', number: number ?? missing, protocol: protocol || 'TCP' });
    }
  }

  readFamily(): 'IPv4' | 'IPv6' {
    const family = this.#readOptionalText();
    if (family !== 'IPv4' && family !== 'IPv6') throw undecided;
    return family;
  }

  #readOptionalText(): string | undefined {
    const scan = this.#scan;
    return scan.readText() ? scan.bytes.toString('latin1', scan.textStart, scan.textEnd) : undefined;
  }

  /** A text that many endpoints share: each is made once, nearly. */
  #readName(): string | undefined {
    const { bytes } = this.#scan;
    if (!this.#scan.readText()) return undefined;
    const { textStart, textEnd } = this.#scan;
    let hash = 0;
    for (let i = textStart; i < textEnd; i++) hash = (hash * 31 + (bytes[i] ?? 0)) & 127;
    const known = this.#names[hash];
    if (known !== undefined && isText(bytes, textStart, textEnd, known)) return known;
    const name = bytes.toString('latin1', textStart, textEnd);
    this.#names[hash] = name;
    return name;
  }
}

/** The keys that have come, with one more: at most once. */
function once(seen: number, key: number, { length }: Keys): number {
  if (key === length) return seen;
  if (seen & (1 << key)) throw undecided;
  return seen | (1 << key);
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

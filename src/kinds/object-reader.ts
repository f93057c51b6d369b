import { Columns } from '../endpoints/columns.ts';
import { createFieldReader, maxItems } from '../endpoints/field-reader.ts';
import type { Finding } from '../endpoints/finding.ts';
import { NumberColumn } from '../endpoints/number-column.ts';
import { type Members, membersOf, readMembers } from '../json/members.ts';
import type { Scanner } from '../json/scanner.ts';
import { SentColumn } from '../json/sent-column.ts';
import { parseValue } from '../json/skip-value.ts';
import { undecided } from '../json/tokens.ts';
import { EndpointReader } from './endpoint-reader.ts';
import type { KindDefinition } from './kind.ts';
import { parseMetadata } from './metadata.ts';

/**
 * Reads an object from bytes into columns, without a tree. It reads what the readers of values read without a finding, into the same view:
 * tests hold them to that. Whatever would be a finding is undecided, and so is each key that comes twice.
 */
export class ObjectReader {
  readonly scan: Scanner;
  readonly columns: Columns;
  readonly endpoints: EndpointReader;
  apiVersion: string | undefined;
  kind: string | undefined;
  addressType: 'IPv4' | 'IPv6' | undefined;
  /** Up to which endpoint those of the subset are ready that is being read. */
  readyEnd = 0;
  readonly metadata: Record<string, unknown> = {};
  /** Of the port that is being read. */
  port: { name?: string | undefined; number?: number | undefined; protocol?: string | undefined } = {};

  constructor(scan: Scanner) {
    const [texts, targets] = [new NumberColumn(), new NumberColumn()];
    this.scan = scan;
    this.columns = new Columns({
      texts: new SentColumn(scan.bytes, texts),
      targetRefs: new SentColumn(scan.bytes, targets),
    });
    this.endpoints = new EndpointReader(scan, this.columns, texts, targets);
  }

  /** Reads all of it by the members of a kind. Returns what the view has of its metadata. */
  read(
    { kind, apiVersion, servingState }: Pick<KindDefinition, 'kind' | 'apiVersion' | 'servingState'>,
    members: Members<ObjectReader>,
  ) {
    readMembers(this.scan, members, this);
    if (this.kind !== kind || this.apiVersion !== apiVersion || this.columns.holdsMoreThan(maxItems)) throw undecided;
    const findings: Finding[] = [];
    const names = parseMetadata(this.metadata, servingState, createFieldReader(findings, 1));
    if (findings.length > 0) throw undecided;
    return names;
  }

  readPorts(members: Members<ObjectReader>, missing: 0 | 'every'): void {
    if (!this.scan.enterList()) return;
    while (this.scan.nextItem()) {
      this.port = {};
      readMembers(this.scan, members, this);
      const { name = '', number = missing, protocol } = this.port;
      this.columns.addPort({ name, number, protocol: protocol || 'TCP' });
    }
  }
}

type Read = (reader: ObjectReader) => void;

/** Of the metadata only what is looked at. */
const metadata = membersOf<ObjectReader>(
  Object.fromEntries(
    ['name', 'generateName', 'labels', 'annotations', 'ownerReferences', 'finalizers'].map((name): [string, Read] => [
      name,
      (reader) => {
        reader.metadata[name] = parseValue(reader.scan);
      },
    ]),
  ),
);

/** What all kinds have. */
export const rootMembers: Readonly<Record<string, Read>> = {
  kind: (reader) => {
    reader.kind = reader.scan.readString();
  },
  apiVersion: (reader) => {
    reader.apiVersion = reader.scan.readString();
  },
  metadata: (reader) => {
    readMembers(reader.scan, metadata, reader);
  },
};

/** What ports of all kinds have. */
export const portMembers: Readonly<Record<string, Read>> = {
  name: ({ port, scan }) => {
    port.name = scan.readString();
  },
  port: ({ port, scan }) => {
    port.number = scan.readInteger();
  },
  protocol: ({ port, scan }) => {
    port.protocol = scan.readString();
  },
};

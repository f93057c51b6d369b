import type { Address } from './address.ts';
import { type Columns, isIPv4, isIPv6, isReady } from './columns.ts';
import type { FieldPath } from './field-path.ts';
import { type Row, Rows } from './rows.ts';
import type { Endpoint, EndpointAddress, EndpointFields, EndpointPort, Endpoints } from './view.ts';

/** Where the object has what a row is at, by its index. */
interface Places {
  endpointPath(index: number): FieldPath;
  addressPath(index: number): FieldPath;
  portPath(index: number): FieldPath;
}

class ColumnRow implements Row {
  index = 0;
  protected readonly columns: Columns;
  protected readonly places: Places;

  constructor(columns: Columns, places: Places) {
    this.columns = columns;
    this.places = places;
  }
}

export class AddressRow extends ColumnRow implements EndpointAddress {
  readonly #ipv4 = { family: 'IPv4' as const, value: 0 };
  #ipv6: { readonly family: 'IPv6'; readonly hextets: number[] } | undefined;

  get path(): FieldPath {
    return this.places.addressPath(this.index);
  }

  get text(): string {
    const text = this.columns.texts.at(this.index);
    return typeof text === 'string' ? text : '';
  }

  get ready(): boolean {
    return (this.columns.flags.at(this.index) & isReady) !== 0;
  }

  get targetRef(): unknown {
    return this.columns.targetRefs.at(this.columns.endpointOf(this.index));
  }

  get address(): Address | undefined {
    const { flags, values } = this.columns;
    const flag = flags.at(this.index);
    if (flag & isIPv6) return this.#readIPv6(values.at(this.index));
    if (!(flag & isIPv4)) return undefined;
    this.#ipv4.value = values.at(this.index);
    return this.#ipv4;
  }

  #readIPv6(first: number): Address {
    this.#ipv6 ??= { family: 'IPv6', hextets: [0, 0, 0, 0, 0, 0, 0, 0] };
    const { hextets } = this.#ipv6;
    for (let i = 0; i < 4; i++) {
      const word = this.columns.words.at(first + i);
      hextets[2 * i] = word >>> 16;
      hextets[2 * i + 1] = word & 0xffff;
    }
    return this.#ipv6;
  }
}

/** Some endpoints that follow each other. */
export class EndpointRows extends Rows<EndpointRow> implements Endpoints {
  readonly #columns: Columns;
  readonly #places: Places;

  constructor(columns: Columns, places: Places, first: number, end: number) {
    super(() => new EndpointRow(columns, places), first, end);
    this.#columns = columns;
    this.#places = places;
  }

  with(field: keyof EndpointFields): Iterable<Endpoint> {
    const { end } = this.#columns.columnOf(field);
    if (end <= this.first) return none;
    return new EndpointRows(this.#columns, this.#places, this.first, Math.min(end, this.end));
  }
}

const none: readonly Endpoint[] = [];

class EndpointRow extends ColumnRow implements Endpoint {
  get path(): FieldPath {
    return this.places.endpointPath(this.index);
  }

  get hostname(): string | undefined {
    return this.columns.hostnames.at(this.index);
  }

  get nodeName(): string | undefined {
    return this.columns.nodeNames.at(this.index);
  }

  get targetResourceVersion(): string | undefined {
    return this.columns.targetResourceVersions.at(this.index);
  }

  get targetFieldPath(): string | undefined {
    return this.columns.targetFieldPaths.at(this.index);
  }
}

export class PortRow extends ColumnRow implements EndpointPort {
  get path(): FieldPath {
    return this.places.portPath(this.index);
  }

  get name(): string {
    return this.columns.portNames[this.index] ?? '';
  }

  get number(): EndpointPort['number'] {
    return this.columns.portNumbers[this.index];
  }

  get protocol(): string {
    return this.columns.protocols[this.index] ?? '';
  }
}

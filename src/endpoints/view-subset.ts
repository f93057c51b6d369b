import type { Columns } from './columns.ts';
import type { FieldPath } from './field-path.ts';
import { Rows } from './rows.ts';
import type { List, Subset } from './view.ts';
import { AddressRow, EndpointRow, PortRow } from './view-rows.ts';

/** Where a kind has its members. */
export interface Layout {
  readonly subset: (index: number) => FieldPath;
  /** `index`: among those of the subset, of which the first `ready` are ready. */
  readonly endpoint: (subset: FieldPath, index: number, ready: number) => FieldPath;
  /** `index`: among those of the endpoint. */
  readonly address: (endpoint: FieldPath, index: number) => FieldPath;
}

/** All subsets that a reader has put into columns. Each is made when it is asked for: an object can have as many as addresses. */
export class ViewSubsets implements List<Subset> {
  readonly #columns: Columns;
  readonly #layout: Layout;

  constructor(columns: Columns, layout: Layout) {
    this.#columns = columns;
    this.#layout = layout;
  }

  get length(): number {
    return this.#columns.subsetCount;
  }

  at(index: number): Subset | undefined {
    const at = index < 0 ? this.length + index : index;
    return at >= 0 && at < this.length ? new ViewSubset(this.#columns, this.#layout, at) : undefined;
  }

  *[Symbol.iterator](): Iterator<Subset> {
    for (let i = 0; i < this.length; i++) yield new ViewSubset(this.#columns, this.#layout, i);
  }

  map<T>(describe: (subset: Subset) => T): T[] {
    return Array.from(this, describe);
  }

  some(is: (subset: Subset) => boolean): boolean {
    for (const subset of this) if (is(subset)) return true;
    return false;
  }
}

/** A range of columns. */
class ViewSubset implements Subset {
  readonly #columns: Columns;
  readonly #layout: Layout;
  readonly #index: number;

  constructor(columns: Columns, layout: Layout, index: number) {
    this.#columns = columns;
    this.#layout = layout;
    this.#index = index;
  }

  get path(): FieldPath {
    return this.#layout.subset(this.#index);
  }

  get endpoints(): Rows<EndpointRow> {
    return new Rows(() => new EndpointRow(this.#columns, this), this.#firstEndpoint, this.#endEndpoint);
  }

  get addresses(): Rows<AddressRow> {
    const { addressEnds } = this.#columns;
    const [first, end] = [addressEnds.at(this.#firstEndpoint - 1), addressEnds.at(this.#endEndpoint - 1)];
    return new Rows(() => new AddressRow(this.#columns, this), first, end);
  }

  get ports(): Rows<PortRow> {
    return new Rows(() => new PortRow(this.#columns, this), this.#firstPort, this.#columns.portEnd(this.#index));
  }

  endpointPath(index: number): FieldPath {
    const first = this.#firstEndpoint;
    return this.#layout.endpoint(this.path, index - first, this.#columns.readyEnd(this.#index) - first);
  }

  addressPath(index: number): FieldPath {
    const endpoint = this.#columns.endpointOf(index);
    return this.#layout.address(this.endpointPath(endpoint), index - this.#columns.addressEnds.at(endpoint - 1));
  }

  portPath(index: number): FieldPath {
    return this.path.child('ports').child(index - this.#firstPort);
  }

  get #firstEndpoint(): number {
    return this.#columns.endpointEnd(this.#index - 1);
  }

  get #endEndpoint(): number {
    return this.#columns.endpointEnd(this.#index);
  }

  get #firstPort(): number {
    return this.#columns.portEnd(this.#index - 1);
  }
}

import type { Columns } from './columns.ts';
import type { FieldPath } from './field-path.ts';
import { Rows, Sequence } from './rows.ts';
import type { List, Subset, View } from './view.ts';
import { AddressRow, EndpointRows, PortRow } from './view-rows.ts';

/** Where a kind has its members. */
export interface Layout {
  readonly subset: (index: number) => FieldPath;
  /** `index`: among those of the subset, of which the first `ready` are ready. */
  readonly endpoint: (subset: FieldPath, index: number, ready: number) => FieldPath;
  /** `index`: among those of the endpoint. */
  readonly address: (endpoint: FieldPath, index: number) => FieldPath;
}

/** What a view has of the columns that a reader has filled. */
export function viewColumns(columns: Columns, layout: Layout): Pick<View, 'subsets' | 'nodeNames'> {
  return { subsets: new ViewSubsets(columns, layout), nodeNames: columns.nodeNames.names };
}

/** So many are kept once they are made: more are not, since an object can have as many subsets as addresses. */
const maxKept = 16;

/** All subsets that a reader has put into columns. */
class ViewSubsets extends Sequence<Subset> implements List<Subset> {
  readonly #columns: Columns;
  readonly #layout: Layout;
  readonly #kept: Subset[] = [];

  constructor(columns: Columns, layout: Layout) {
    super();
    this.#columns = columns;
    this.#layout = layout;
  }

  get length(): number {
    return this.#columns.subsetCount;
  }

  at(index: number): Subset | undefined {
    const at = index < 0 ? this.length + index : index;
    return at >= 0 && at < this.length ? this.#make(at) : undefined;
  }

  #make(index: number): Subset {
    return new ViewSubset(this.#columns, this.#layout, index);
  }

  [Symbol.iterator](): Iterator<Subset> {
    if (this.length > maxKept) return this.#makeAll();
    for (let i = this.#kept.length; i < this.length; i++) this.#kept.push(this.#make(i));
    return this.#kept[Symbol.iterator]();
  }

  *#makeAll(): Iterator<Subset> {
    for (let i = 0; i < this.length; i++) yield this.#make(i);
  }
}

/** A range of columns. */
class ViewSubset implements Subset {
  readonly #columns: Columns;
  readonly #layout: Layout;
  readonly #index: number;
  readonly endpoints: EndpointRows;
  readonly addresses: Rows<AddressRow>;
  readonly ports: Rows<PortRow>;

  constructor(columns: Columns, layout: Layout, index: number) {
    this.#columns = columns;
    this.#layout = layout;
    this.#index = index;
    const { addressEnds } = columns;
    const [first, end] = [this.#firstEndpoint, columns.endpointEnd(index)];
    this.endpoints = new EndpointRows(columns, this, first, end);
    this.addresses = new Rows(() => new AddressRow(columns, this), addressEnds.at(first - 1), addressEnds.at(end - 1));
    this.ports = new Rows(() => new PortRow(columns, this), this.#firstPort, columns.portEnd(index));
  }

  get path(): FieldPath {
    return this.#layout.subset(this.#index);
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

  get #firstPort(): number {
    return this.#columns.portEnd(this.#index - 1);
  }
}

import type { Columns } from './columns.ts';
import type { FieldPath } from './field-path.ts';
import { Rows } from './rows.ts';
import type { Subset } from './view.ts';
import { AddressRow, EndpointRow, PortRow } from './view-rows.ts';

/** Where a kind has its members. */
export interface Layout {
  readonly subset: (index: number) => FieldPath;
  /** `index`: among those of the subset, of which the first `ready` are ready. */
  readonly endpoint: (subset: FieldPath, index: number, ready: number) => FieldPath;
  /** `index`: among those of the endpoint. */
  readonly address: (endpoint: FieldPath, index: number) => FieldPath;
}

/** All subsets that a reader has put into columns. */
export function subsetsOf(columns: Columns, layout: Layout): readonly Subset[] {
  return Array.from({ length: columns.subsetCount }, (_, i) => new ViewSubset(columns, layout, i));
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

import { fieldsOf } from '../../src/json/fields.ts';

type Json = Readonly<Record<string, unknown>>;

/** An object as it is stored. `read` makes what is sent of it, so that 100,000 of them need not be kept whole. */
export interface Stored {
  readonly key: string;
  readonly version: number;
  readonly read: () => Json;
}

/** What a watch is told. `previous`: as the object was before. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly stored: Stored;
  readonly previous: Stored | undefined;
}

/** A list as it was at a version. */
export interface Snapshot {
  readonly version: number;
  readonly all: readonly Stored[];
}

/** How many changes can still be told to who comes back. */
const maxChanges = 20_000;

const maxSnapshots = 8;

/** One collection of an API server, such as all pods: what is in it, and what has happened since. */
export class FakeCollection {
  readonly #objects = new Map<string, Stored>();
  readonly #snapshots = new Map<number, Snapshot>();
  readonly #nextVersion: () => number;
  #changes: Change[] = [];
  #sorted: readonly string[] | undefined;
  /** What happened up to here is forgotten. */
  compacted = 0;
  version: number;

  constructor(nextVersion: () => number) {
    this.#nextVersion = nextVersion;
    this.version = nextVersion();
  }

  put(key: string, read: (version: number) => Json): Change {
    const previous = this.#objects.get(key);
    if (!previous) this.#sorted = undefined;
    const version = this.#nextVersion();
    const stored = { key, version, read: () => read(version) };
    this.#objects.set(key, stored);
    return this.#add({ type: previous ? 'MODIFIED' : 'ADDED', version, stored, previous });
  }

  remove(key: string): Change | undefined {
    const previous = this.#objects.get(key);
    if (!previous) return undefined;
    this.#objects.delete(key);
    this.#sorted = undefined;
    const version = this.#nextVersion();
    const read = () => ({
      ...previous.read(),
      metadata: { ...fieldsOf(previous.read().metadata), resourceVersion: String(version) },
    });
    return this.#add({ type: 'DELETED', version, stored: { key, version, read }, previous });
  }

  #add(change: Change): Change {
    this.version = change.version;
    this.#changes.push(change);
    if (this.#changes.length > 2 * maxChanges) {
      this.#changes = this.#changes.slice(-maxChanges);
      this.compacted = (this.#changes[0]?.version ?? this.version) - 1;
    }
    return change;
  }

  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  /** In the order of keys, as etcd has them. */
  all(): readonly Stored[] {
    this.#sorted ??= [...this.#objects.keys()].sort();
    return this.#sorted.flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Of a page after the first: the list as the first saw it; `undefined` where it is forgotten. */
  snapshot(version?: number): Snapshot | undefined {
    if (version !== undefined) return this.#snapshots.get(version);
    const snapshot = { version: this.version, all: this.all() };
    this.#snapshots.set(snapshot.version, snapshot);
    for (const old of [...this.#snapshots.keys()].slice(0, -maxSnapshots)) this.#snapshots.delete(old);
    return snapshot;
  }

  /** `undefined` where some of it is forgotten. */
  since(version: number): readonly Change[] | undefined {
    return version < this.compacted ? undefined : this.#changes.filter((change) => change.version > version);
  }

  /** Forgets what has happened and all pages that were begun, as etcd does after five minutes. */
  compact(): void {
    this.compacted = this.#nextVersion();
    this.version = this.compacted;
    this.#changes = [];
    this.#snapshots.clear();
  }
}

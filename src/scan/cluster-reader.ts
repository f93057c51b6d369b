import type { Io } from '../cli/io.ts';
import type { Connection } from '../cluster/connection.ts';
import { getOne } from '../cluster/get-one.ts';
import { list } from '../cluster/list.ts';
import { fieldsOf, isFields } from '../json/fields.ts';
import type { Unread } from '../report/report.ts';
import { lazy } from '../review/lazy.ts';
import { readVersion } from './read-version.ts';
import { createRefusals, omitNamespace, type Refusals } from './refusals.ts';

/** A kind of object by the path of its API and its plural. */
export interface ListedKind {
  readonly api: string;
  readonly plural: string;
  /** Absent for kinds without namespaces. */
  readonly namespaced?: true;
  /** Not every API server serves it: there are none then. */
  readonly optional?: true;
}

/** Of which namespaces all objects of a kind were read. */
export interface Completeness {
  readonly everywhere: boolean;
  in(namespace: string): boolean;
}

/** Reads a cluster, and collects what could not be read. */
export interface ClusterReader {
  /** The version of Kubernetes, such as `v1.37.2`. */
  readonly version: string;
  /**
   * Gives all objects of a kind to `add`: those in all namespaces of the audit, or `where` is said, if need be outside of them. What is
   * asked for `everywhere` is read where it may be.
   */
  read(kind: ListedKind, add: (item: unknown) => void, where?: Where): Promise<Completeness>;
  /** One object, or whatever else the path leads to; `undefined` where there is none, or it could not be read. `what`: for people. */
  readOne(path: string, what: string): Promise<unknown>;
  /** What could not be read so far. */
  unread(): readonly Unread[];
}

type Where = readonly string[] | 'everywhere';

interface Options {
  readonly namespace?: string;
  readonly timeout: number;
}

/** Reads the version first. Throws a ClusterError where that fails: such a cluster cannot be read. */
export async function openClusterReader(connection: Connection, options: Options, io: Io): Promise<ClusterReader> {
  const version = await readVersion(connection, options.timeout);
  const readPath = createPathReader(options, connection, io);
  const refusals = createRefusals();
  const allNamespaces = lazy(() => listNamespaces(readPath, refusals));
  const own = options.namespace === undefined ? undefined : [options.namespace];

  async function read(kind: ListedKind, add: (item: unknown) => void, where?: Where): Promise<Completeness> {
    const chosen = where === 'everywhere' ? undefined : (where ?? own);
    const readIn = (names: readonly string[], areAll: boolean) =>
      readEach({ kind, add, names, areAll }, readPath, refusals);
    if (kind.namespaced && chosen) return readIn(chosen, false);
    const problem = await readPath(`${kind.api}/${kind.plural}`, kind, add);
    if (!problem || (kind.optional && problem.status === 404)) return { everywhere: true, in: () => true };
    if (kind.namespaced && problem.status === 403) {
      if (own) refusals.add(kind.plural, 'all namespaces', problem.message);
      const names = own ?? (await allNamespaces());
      if (names.length > 0) return readIn(names, !own);
    }
    refusals.add(kind.plural, kind.namespaced ? 'all namespaces' : '', problem.message);
    return { everywhere: false, in: () => false };
  }

  async function readOne(path: string, what: string): Promise<unknown> {
    const answer = await getOne(connection, path, options.timeout);
    if ('message' in answer) {
      if (answer.status !== 404) refusals.add(what, '', answer.message);
      return undefined;
    }
    if (!isFields(answer.body)) refusals.add(what, '', 'the API server answered something that is no object');
    return answer.body;
  }

  return { version, read, readOne, unread: refusals.list };
}

type PathReader = ReturnType<typeof createPathReader>;

function createPathReader({ timeout }: Options, connection: Connection, io: Io) {
  return (path: string, { plural }: Pick<ListedKind, 'plural'>, add: (item: unknown) => void) => {
    let count = 0;
    const counted = (item: unknown) => {
      if (count++ % 500 === 0) io.progress?.(`reading ${plural}: ${count - 1}`);
      add(item);
    };
    return list(connection, path, counted, timeout);
  };
}

interface Asked {
  readonly kind: ListedKind;
  readonly add: (item: unknown) => void;
  readonly names: readonly string[];
  /** Whether these are all namespaces. */
  readonly areAll: boolean;
}

/** One namespace after the other. */
async function readEach(
  { kind, add, names, areAll }: Asked,
  readPath: PathReader,
  refusals: Refusals,
): Promise<Completeness> {
  const missing = new Set<string>();
  for (const name of names) {
    const problem = await readPath(`${kind.api}/namespaces/${encodeURIComponent(name)}/${kind.plural}`, kind, add);
    if (!problem) continue;
    refusals.add(kind.plural, name, omitNamespace(problem, name));
    missing.add(name);
  }
  return {
    everywhere: areAll && missing.size === 0,
    in: (name) => (areAll || names.includes(name)) && !missing.has(name),
  };
}

async function listNamespaces(readPath: PathReader, refusals: Refusals): Promise<readonly string[]> {
  const names: string[] = [];
  const problem = await readPath('/api/v1/namespaces', { plural: 'namespaces' }, (item) =>
    names.push(String(fieldsOf(fieldsOf(item).metadata).name)),
  );
  if (problem) refusals.add('namespaces', '', problem.message);
  return names;
}

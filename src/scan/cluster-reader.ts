import type { Io } from '../cli/io.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import type { Connection } from '../cluster/connection.ts';
import { get, type JsonResponse } from '../cluster/get.ts';
import { list, type ReadProblem } from '../cluster/list.ts';
import { causeOf, through } from '../cluster/outcome.ts';
import { fieldsOf } from '../json/fields.ts';
import type { Unread } from '../report/report.ts';
import { lazy } from '../review/lazy.ts';

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
  /** What could not be read so far. */
  unread(): readonly Unread[];
}

type Where = readonly string[] | 'everywhere';

interface Options {
  readonly namespace?: string;
  readonly timeout: number;
}

/** Reads the version first. Throws a ClusterError where that fails: such a cluster cannot be audited. */
export async function openClusterReader(connection: Connection, options: Options, io: Io): Promise<ClusterReader> {
  const version = await readVersion(connection, options.timeout);
  const readPath = createPathReader(options, connection, io);
  const { addRefusal, unread } = createRefusalList();
  const allNamespaces = lazy(() => listNamespaces(readPath, (why) => addRefusal('namespaces', '', why)));

  /** One namespace after the other. */
  async function readEach(
    kind: ListedKind,
    add: (item: unknown) => void,
    names: readonly string[],
    areAll: boolean,
  ): Promise<Completeness> {
    const missing = new Set<string>();
    for (const name of names) {
      const problem = await readPath(`${kind.api}/namespaces/${encodeURIComponent(name)}/${kind.plural}`, kind, add);
      if (!problem) continue;
      addRefusal(kind.plural, name, omitNamespace(problem, name));
      missing.add(name);
    }
    return {
      everywhere: areAll && missing.size === 0,
      in: (name) => (areAll || names.includes(name)) && !missing.has(name),
    };
  }

  async function read(kind: ListedKind, add: (item: unknown) => void, where?: Where): Promise<Completeness> {
    const own = options.namespace === undefined ? undefined : [options.namespace];
    const chosen = where === 'everywhere' ? undefined : (where ?? own);
    if (kind.namespaced && chosen) return readEach(kind, add, chosen, false);
    const problem = await readPath(`${kind.api}/${kind.plural}`, kind, add);
    if (!problem || (kind.optional && problem.status === 404)) return { everywhere: true, in: () => true };
    if (kind.namespaced && problem.status === 403) {
      if (own) addRefusal(kind.plural, 'all namespaces', problem.message);
      const names = own ?? (await allNamespaces());
      if (names.length > 0) return readEach(kind, add, names, !own);
    }
    addRefusal(kind.plural, kind.namespaced ? 'all namespaces' : '', problem.message);
    return { everywhere: false, in: () => false };
  }

  return { version, read, unread };
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

async function listNamespaces(readPath: PathReader, addRefusal: (why: string) => void): Promise<readonly string[]> {
  const names: string[] = [];
  const problem = await readPath('/api/v1/namespaces', { plural: 'namespaces' }, (item) =>
    names.push(String(fieldsOf(fieldsOf(item).metadata).name)),
  );
  if (problem) addRefusal(problem.message);
  return names;
}

/** Collects what could not be read: one entry for each kind and reason, with all its namespaces. */
function createRefusalList() {
  const refusals = new Map<string, { readonly plural: string; readonly why: string; readonly places: Set<string> }>();
  return {
    addRefusal(plural: string, place: string, why: string): void {
      const key = JSON.stringify([plural, why]);
      const refusal = refusals.get(key) ?? { plural, why, places: new Set() };
      refusals.set(key, refusal);
      refusal.places.add(place);
    },
    unread: (): readonly Unread[] =>
      [...refusals.values()].map(({ plural, why, places }) => {
        const where = [...places].filter((place) => place !== '').join(', ');
        return { what: where === '' ? plural : `${plural} in ${where}`, why };
      }),
  };
}

/** A message without its namespace, so that the same refusal in several namespaces becomes one. */
function omitNamespace({ message }: ReadProblem, namespace: string): string {
  return message.replace(` in the namespace "${namespace}"`, ' in this namespace');
}

async function readVersion(connection: Connection, timeout: number): Promise<string> {
  const answer = await get(connection, '/version', { timeout, maxBytes: 1024 * 1024 }).catch(
    (error: unknown): JsonResponse => {
      if (error instanceof ClusterError) throw error; // nothing was sent
      throw new ClusterError(
        `cannot reach the API server at ${connection.host}${through(connection.proxy)}: ${causeOf(error)}`,
        {
          cause: error,
        },
      );
    },
  );
  const { gitVersion, message } = fieldsOf(answer.body);
  if (answer.status === 401)
    throw new ClusterError(`the API server at ${connection.host} does not accept these credentials (401)`);
  if (answer.status === 403) return 'of unknown version';
  if (answer.status !== 200 || typeof gitVersion !== 'string')
    throw new ClusterError(
      `what answers at ${connection.host} is no API server: ${answer.status} ${typeof message === 'string' ? message : ''}`.trim(),
    );
  return gitVersion;
}

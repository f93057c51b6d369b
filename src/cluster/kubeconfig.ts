import { readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { fieldsOf } from '../json/fields.ts';
import { ClusterError } from './cluster-error.ts';
import { readEntry } from './entry-fields.ts';
import { parseDocument } from './packages.ts';

/** An entry of one of the lists of a kubeconfig, not yet judged. */
export interface Entry {
  readonly value: unknown;
  /** Of the file that it stands in: relative paths begin there. */
  readonly folder: string;
}

type Entries = ReadonlyMap<string, Entry>;

/** One kubeconfig file, or several that were merged. */
export interface Kubeconfig {
  /** The file or files, for people. */
  readonly name: string;
  readonly currentContext: string | undefined;
  readonly contexts: Entries;
  readonly clusters: Entries;
  readonly users: Entries;
}

/** The files of $KUBECONFIG, which kubectl merges; `undefined` where there are none. */
export function kubeconfigList(variable: string | undefined): readonly string[] | undefined {
  const files = (variable ?? '').split(delimiter).filter((file) => file !== '');
  return files.length > 0 ? files : undefined;
}

/**
 * Reads one file, which has to be there, or a list, of which the first file that has a name wins and absent files do not count.
 * Not with the client's own reader: it drops what it does not know of a user (kubernetes-client/javascript issue 42: then a call is
 * anonymous), and cannot merge lists that share a name (issue 1306). Throws a ClusterError.
 */
export function readKubeconfig(files: string | readonly string[]): Kubeconfig {
  if (typeof files === 'string') return readFile(files);
  const [first, ...others] = files.map(readIfThere).filter((read) => read !== undefined);
  if (!first) throw new ClusterError(`none of the files of KUBECONFIG is there: ${files.join(', ')}`);
  return others.reduce(merge, first);
}

function merge(first: Kubeconfig, second: Kubeconfig): Kubeconfig {
  const both = (list: 'contexts' | 'clusters' | 'users') => new Map([...second[list], ...first[list]]);
  return {
    name: `${first.name}, ${second.name}`,
    currentContext: first.currentContext ?? second.currentContext,
    contexts: both('contexts'),
    clusters: both('clusters'),
    users: both('users'),
  };
}

function readIfThere(file: string): Kubeconfig | undefined {
  try {
    return readFile(file);
  } catch (error) {
    if (error instanceof ClusterError && fieldsOf(error.cause).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readFile(file: string): Kubeconfig {
  const fields = readEntry(parse(file), `the kubeconfig ${file}`);
  const [kind = 'Config', version = 'v1'] = [fields.text('kind'), fields.text('apiVersion')];
  if (kind !== 'Config' || version !== 'v1') fields.refuse('is not of kind Config and apiVersion v1');
  const entries = (list: string): Entries => {
    const named = new Map<string, Entry>();
    for (const [index, entry] of fields.list(list).entries()) {
      const name = readEntry(entry, `the kubeconfig ${file}: ${list}[${index}]`).text('name') ?? '';
      if (named.has(name)) fields.refuse(`has two ${list} of the name ${name}`);
      named.set(name, { value: fieldsOf(entry)[list.slice(0, -1)], folder: resolve(dirname(file)) });
    }
    return named;
  };
  return {
    name: file,
    currentContext: fields.text('current-context'),
    contexts: entries('contexts'),
    clusters: entries('clusters'),
    users: entries('users'),
  };
}

/** What a YAML parser says of an error is a piece of the file, which holds secrets: only the place is told. */
function parse(file: string): unknown {
  try {
    const document = parseDocument(readFileSync(file, 'utf8'), { version: '1.1', prettyErrors: true });
    const [error] = document.errors;
    if (error) throw new Error(`not YAML in line ${error.linePos?.[0].line ?? 1}`);
    return document.toJS();
  } catch (cause) {
    throw new ClusterError(`cannot read the kubeconfig ${file} (${messageOf(cause)})`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { type Fields, isFields } from '../json/fields.ts';
import { ClusterError } from './cluster-error.ts';

/** Reads the fields of one entry of a kubeconfig. Throws a ClusterError that names the field, never its value: it may be a secret. */
export interface EntryFields {
  /** Text; `undefined` where it is absent or empty, which is the same to kubectl. */
  text(name: string): string | undefined;
  flag(name: string): boolean;
  texts(name: string): readonly string[];
  fields(name: string): Fields | undefined;
  list(name: string): readonly unknown[];
  /** The names of all fields that are set. */
  readonly names: readonly string[];
  refuse(problem: string): never;
}

/** `place`: the entry, for people. */
export function readEntry(value: unknown, place: string): EntryFields {
  const refuse = (problem: string): never => {
    throw new ClusterError(`${place} ${problem}`);
  };
  if (value != null && !isFields(value)) return refuse('has to be a mapping');
  const fields = value ?? {};
  const get = <T>(name: string, is: (given: unknown) => given is T, kind: string): T | undefined => {
    const given = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return given == null ? undefined : is(given) ? given : refuse(`has to give "${name}" as ${kind}`);
  };
  return {
    text: (name) => get(name, isText, 'text') || undefined,
    flag: (name) => get(name, isFlag, 'true or false') ?? false,
    texts: (name) => get(name, isTexts, 'a list of texts') ?? [],
    fields: (name) => get(name, isFields, 'a mapping'),
    list: (name) => get(name, isList, 'a list') ?? [],
    names: Object.keys(fields).filter((name) => fields[name] != null),
    refuse,
  };
}

export function isTexts(value: unknown): value is readonly string[] {
  return isList(value) && value.every(isText);
}

/** No file, program or header takes a null character, and whoever refuses it would print the value. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

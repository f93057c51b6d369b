import type * as z from 'zod';
import { type Path, pathText } from '../endpoints/field-path.ts';
import type { Finding } from '../endpoints/finding.ts';
import { quote } from '../endpoints/quote.ts';
import { valueAt } from '../json/value-at.ts';
import { nearest } from './nearest.ts';
import { policySchema } from './schema.ts';

/** `key`: the key at the end of the path is wrong, not its value. */
export interface PolicyFinding extends Finding {
  readonly key?: boolean;
}

/** A policy finding as a line of text. */
export function policyFindingText({ path, message }: PolicyFinding): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}

/** A megabyte may hold a hundred thousand mistakes. To tell of all of them would keep `serve` from answering, and fill its memory. */
const maxFindings = 1000;

/** What the schema has against a source, in words: the value as written, what is wrong, what is nearest to it. */
export function explain(issues: readonly z.core.$ZodIssue[], source: unknown): readonly PolicyFinding[] {
  const all = Iterator.from(issues).flatMap((issue) => explainOne(issue, source));
  const findings = [...all.take(maxFindings + 1)];
  if (findings.length <= maxFindings) return findings;
  const message = `has more than ${maxFindings} mistakes: mend these first`;
  return [...findings.slice(0, maxFindings), { path: [], message }];
}

function explainOne(issue: z.core.$ZodIssue, source: unknown): PolicyFinding[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, maxFindings + 1).map((key) => {
      const known = keysAt(path);
      return { path: [...path, key], key: true, message: `${quote(key)} is not known here${suggest(key, known)}` };
    });
  const value = valueAt(source, path);
  if (value === undefined)
    return [{ path, message: `is missing${issue.code === 'invalid_value' ? `: write ${choice(issue.values)}` : ''}` }];
  if (issue.code === 'invalid_value')
    return [
      {
        path,
        message: `${quote(value)}${yamlTrap(value)} is not allowed here${suggest(String(value), issue.values.map(String))}`,
      },
    ];
  if (issue.code === 'invalid_type') return [{ path, message: `${quote(value)} is not ${article(issue.expected)}` }];
  return [{ path, message: issue.code === 'too_small' ? `${quote(value)} is empty` : issue.message }];
}

function suggest(word: string, candidates: readonly string[]): string {
  const near = candidates.find((candidate) => candidate === renamed.get(word)) ?? nearest(word, candidates);
  const choices = candidates.join(', ');
  return near ? `, did you mean ${near}? One of ${choices}` : `: one of ${choices}`;
}

/** Words of policies from before the first release. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['endpoints-webhook.io/v1', 'endpoints-webhook.io/v1alpha1'],
  ['pardons', 'authorization'],
  ['cache', 'cacheTTL'],
]);

/** YAML 1.1 reads words as booleans, and nobody sees it in the file. */
function yamlTrap(value: unknown): string {
  return value === false ? ' (as YAML reads no and off)' : '';
}

function choice(values: readonly unknown[]): string {
  return values.map(String).join(' or ');
}

const names: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a string',
  boolean: 'true or false',
};

function article(expected: string): string {
  return names[expected] ?? `a ${expected}`;
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): readonly string[] {
  let schema: z.core.$ZodType = policySchema;
  for (const key of path) schema = child(schema, key) ?? policySchema;
  const { def } = unwrap(schema)._zod as z.core.$ZodObjectInternals;
  return Object.keys(def.shape);
}

function child(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  const def = unwrap(schema)._zod.def as { shape?: Record<string, z.core.$ZodType>; element?: z.core.$ZodType };
  return def.element ?? def.shape?.[key];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return innerType ? unwrap(innerType) : schema;
}

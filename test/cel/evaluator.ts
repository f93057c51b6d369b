import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kind } from '../../src/endpoints/view.ts';
import type { AdmissionPolicy } from './admission-policies.ts';
import type { Case } from './case.ts';

/** What API servers of one minor evaluate. */
export interface EvaluationSet {
  readonly minor: number;
  readonly policies: readonly AdmissionPolicy[];
  readonly cases: readonly Case[];
}

/** What one policy says of one case. */
export interface Evaluation {
  readonly matched: boolean;
  /** Indices of validations. */
  readonly failed: readonly number[];
  readonly messages: readonly string[];
  /** What could not be evaluated, and so is denied. */
  readonly errors: readonly string[];
}

export interface EvaluatedSet extends EvaluationSet {
  /** Why an API server would not take the policies. */
  readonly refused: readonly string[];
  /** One list a case, in which there is one evaluation a policy; empty where no API server can decode the objects of the case. */
  readonly verdicts: readonly (readonly Evaluation[])[];
}

/** Runs the Go program in test/cel/evaluator. */
export function evaluate(sets: readonly EvaluationSet[]): readonly EvaluatedSet[] {
  const cases = [...new Set(sets.flatMap((set) => set.cases))];
  const indices = new Map(cases.map((one, i) => [one, i]));
  const input = {
    cases,
    sets: sets.map((set) => ({
      minor: set.minor,
      policies: set.policies.map(({ object }) => object),
      cases: set.cases.map((one) => indices.get(one)),
    })),
  };
  const evaluated = runSets(input);
  return sets.map((set, i) => ({ refused: [], verdicts: [], ...set, ...evaluated[i] }));
}

/** A write of any kind that the Go program knows. */
export interface Write
  extends Pick<Case, 'operation' | 'namespace' | 'name' | 'user' | 'groups' | 'object' | 'oldObject'> {
  readonly kind: string;
}

/** What a refusal says, or why there is no verdict; empty where the write is allowed. */
export type WriteVerdict = string;

/** What one policy says of writes, a list a minor. Throws where API servers would not take the policy. */
export function evaluateWrites(
  policy: object,
  writes: readonly Write[],
  minors: readonly number[],
): readonly (readonly WriteVerdict[])[] {
  const cases = writes.map((_, i) => i);
  const input = { cases: writes, sets: minors.map((minor) => ({ minor, policies: [policy], cases })) };
  return runSets(input).map(({ refused, verdicts }) => {
    if (refused.length > 0) throw new Error(refused.join('\n'));
    return verdicts.map(([verdict]) =>
      verdict ? [...verdict.messages, ...verdict.errors].join('\n') : 'cannot be decoded',
    );
  });
}

/** The paths of all fields of each kind, as the API server's types have them. */
export function allFields(): Readonly<Record<Kind, readonly string[]>> {
  return JSON.parse(run(['fields'], ''));
}

function runSets(input: object): readonly Pick<EvaluatedSet, 'refused' | 'verdicts'>[] {
  return JSON.parse(run([], JSON.stringify(input))).sets;
}

function run(words: readonly string[], input: string): string {
  if (spawnSync('go', ['version']).error) throw new Error('go is not on the PATH: install Go 1.26 or later');
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-cel-'));
  const program = join(folder, 'evaluator');
  try {
    execFileSync('go', ['build', '-o', program, '.'], { cwd: 'test/cel/evaluator', stdio: 'inherit' });
    const options = { input, maxBuffer: 2 ** 30, encoding: 'utf8' } as const;
    return execFileSync(program, words, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { defaultPolicySource } from '../../../../src/policy/policy.ts';
import { rules } from '../../../../src/rules/index.ts';
import { createApi } from '../api.ts';
import type { Sent } from './objects.ts';
import { ask, checkAll } from './verdicts.ts';

/** What is said of one object. */
export interface Replayed {
  readonly object: unknown;
  /** Whether the API server refuses it, and what it says. */
  readonly refused: boolean;
  readonly answer: string;
  /** What `check` refuses with all rules off, and with the default policy. */
  readonly alone: readonly string[];
  readonly byRules: readonly string[];
}

/** Asks `check` and an API server about each object; `write` makes a file of a policy. */
export async function replay(
  all: readonly Sent[],
  namespace: string,
  write: (policy: object) => string,
): Promise<readonly Replayed[]> {
  const off = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));
  const alone = await checkAll(all, namespace, write({ ...defaultPolicySource, rules: off }));
  const byRules = await checkAll(all, namespace);
  const answers = await askAll(all, namespace);
  return all.map(({ object }, i) => {
    const { status, message } = answers[i] ?? { status: 0, message: 'not asked' };
    if (status !== 201 && status < 400) throw new Error(`${status}: ${message}`);
    if (status >= 500 || status === 429) throw new Error(`${status}: ${message}`);
    return { object, refused: status !== 201, answer: message, alone: alone[i] ?? [], byRules: byRules[i] ?? [] };
  });
}

/** A connection takes only so many requests that end in a refusal. */
async function askAll(all: readonly Sent[], namespace: string) {
  const answers = [];
  for (let from = 0; from < all.length; from += 100) {
    const api = createApi(4);
    answers.push(...(await Promise.all(all.slice(from, from + 100).map((one) => ask(api, one, namespace)))));
    await api.close();
  }
  return answers;
}

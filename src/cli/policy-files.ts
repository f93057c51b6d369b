import { dump } from 'js-yaml';
import { printedLine } from '../endpoints/visible.ts';
import { readPolicy } from '../manifests/policy-file.ts';
import { nearest } from '../policy/nearest.ts';
import { documentedRules, rulesText, ruleText } from '../policy/rule-text.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** Says whether policy files can be used, each by itself and merged. Exit code 0; throws a UsageError that names each mistake. */
export async function checkPolicy(files: readonly string[], io: Io): Promise<number> {
  const { mode, digest } = readPolicy(files);
  io.out(printedLine(`${files.join(', ')}: valid, mode ${mode}, digest ${digest}`));
  return 0;
}

/** Prints one policy file that says what these say together, with every default written. Throws a UsageError where they say nothing. */
export async function showPolicy(files: readonly string[], io: Io): Promise<number> {
  const { source, digest } = readPolicy(files);
  io.out(`# digest ${digest}\n${dump(source, { noRefs: true })}`);
  return 0;
}

/** Prints what a rule demands, and what a policy says of it; of all rules in short where none is named. Throws a UsageError. */
export async function explainPolicy(id: string | undefined, files: readonly string[], io: Io): Promise<number> {
  const rule = documentedRules.find((one) => one.id === id);
  if (id !== undefined && !rule) throw new UsageError(unknownRule(id));
  const policy = readPolicy(files);
  const source = files.length > 0 ? files.join(' and ') : 'the default policy';
  io.out(rule ? ruleText(rule, policy, source) : rulesText(policy));
  return 0;
}

function unknownRule(id: string): string {
  const ids = documentedRules.map((rule) => rule.id);
  const near = nearest(id, ids);
  return `there is no rule ${JSON.stringify(id)}${near ? `, did you mean ${near}?` : ''} One of ${ids.join(', ')}`;
}

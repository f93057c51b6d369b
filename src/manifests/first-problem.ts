import type { Problem } from './manifest.ts';

/** What a parser says of a file that is no YAML after its first error follows from that error: it is left out. */
export function firstProblemOnly(problems: readonly Problem[], text: string): readonly Problem[] {
  const [first] = problems.filter(isSyntax).sort(byPlace);
  return problems.flatMap((problem) => {
    if (problem === first) return { ...problem, message: `${problem.message}${adviceFor(problem.file, text)}` };
    return isSyntax(problem) ? [] : problem;
  });
}

function isSyntax({ message }: Problem): boolean {
  return /^(?:not YAML|not JSON|--- has to )/.test(message);
}

function byPlace(one: Problem, other: Problem): number {
  return one.line - other.line || one.column - other.column;
}

/** What is not to be repaired, but rendered or left out. */
function adviceFor(file: string, text: string): string {
  const mark = /\{%|<%|\{\{/.exec(text)?.[0];
  const variable = /\$\{\w+\}/.exec(text)?.[0];
  if (mark !== undefined) {
    const render = mark === '{{' ? 'helm template …' : '…';
    return `; with "${mark}" it looks like a template: render it first: ${render} | endpoints-webhook check -`;
  }
  if (variable !== undefined)
    return `; with "${variable}" it looks like a template: render it first: envsubst < FILE | endpoints-webhook check -`;
  if (file.endsWith('.json') && /^\s*\/[/*]/m.test(text))
    return '; it looks like JSON with comments, which kubectl does not read: leave it out with --exclude';
  return '';
}

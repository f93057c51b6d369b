import type { Problem } from './manifest.ts';

/** What a parser says of a file that is no YAML after its first error follows from that error: it is left out. */
export function firstProblemOnly(problems: readonly Problem[], text: string): readonly Problem[] {
  const [first] = problems.filter(isSyntax).sort(byPlace);
  return problems.flatMap((problem) => {
    if (problem === first) return { ...problem, message: `${problem.message}${adviceFor(problem.file, text)}` };
    return isSyntax(problem) ? [] : problem;
  });
}

/** Whether a file of settings was met that nobody can apply: JSON with comments, which kubectl does not read, and without any kind. */
export function isSettings(file: string, text: string, problems: readonly Problem[]): boolean {
  const isUnread = problems.length > 0 && problems.every(isSyntax);
  return isUnread && isCommentedJson(file, text) && !/kind|\{%|<%|\{\{|\$\{/i.test(text);
}

function isCommentedJson(file: string, text: string): boolean {
  return file.endsWith('.json') && /(?:^|[\s,{[\]}])\/[/*]/m.test(text);
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
  if (isCommentedJson(file, text))
    return '; it looks like JSON with comments, which kubectl does not read: leave it out with --exclude';
  return '';
}

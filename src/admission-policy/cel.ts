import { visible } from '../endpoints/visible.ts';

/** A string literal. JSON's escapes are CEL's too, but for the two halves of a character. What nobody would see is escaped as well. */
export function literal(text: string): string {
  return visible(JSON.stringify(text), (character) => {
    const digits = (character.codePointAt(0) ?? 0).toString(16);
    return digits.length > 4 ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
  });
}

/** A list of string literals. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`;
}

export function any(expressions: readonly string[]): string {
  return junction(expressions, ' || ', 'false');
}

export function all(expressions: readonly string[]): string {
  return junction(expressions, ' && ', 'true');
}

function junction(expressions: readonly string[], operator: string, none: string): string {
  const [only = none] = expressions;
  return expressions.length < 2 ? only : `(${expressions.join(operator)})`;
}

/** Whether a subject matches one of the patterns, in which `*` matches any run and everything else itself. */
export function matchesOne(subject: string, patterns: readonly string[]): string {
  const plain = patterns.filter((pattern) => !pattern.includes('*'));
  const others = patterns.filter((pattern) => pattern.includes('*'));
  return any([
    ...(plain.length > 0 ? [`${subject} in ${literals(plain)}`] : []),
    ...others.map((pattern) => matches(subject, pattern)),
  ]);
}

function matches(subject: string, pattern: string): string {
  if (/^\*+$/.test(pattern)) return 'true';
  const first = pattern.indexOf('*');
  const last = pattern.lastIndexOf('*');
  if (first === pattern.length - 1) return `${subject}.startsWith(${literal(pattern.slice(0, first))})`;
  if (last === 0) return `${subject}.endsWith(${literal(pattern.slice(1))})`;
  const expression = pattern.split(/\*+/).map(escapeExpression).join('.*');
  return `${subject}.matches(${literal(`(?s)^${expression}$`)})`;
}

/** For RE2, whose metacharacters are JavaScript's. */
function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

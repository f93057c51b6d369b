import { pathText } from '../endpoints/field-path.ts';
import { escapeText } from '../endpoints/quote.ts';
import type { Kind } from '../endpoints/view.ts';
import { kinds } from '../kinds/index.ts';
import { maxCountedPerRule, type Violation } from '../review/judge.ts';

/** A metav1.Status, as far as admission answers carry one. */
export interface Status {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: {
    readonly name: string;
    readonly kind: string;
    readonly group: string;
    readonly causes: readonly Cause[];
  };
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** How many violations are shown in full. */
const shown = 10;

/** The longest text of one violation, in characters. */
const maxCauseLength = 500;

/** What an API server passes on unharmed: it cuts longer warnings when there are many. */
const maxWarningLength = 256;

/** What clients show without trouble: beyond it, the name of the product is left out first. */
const comfortableWarning = 120;

/**
 * The refusal of an object. kubectl prints only the causes of it and other clients only the message, so each says everything:
 * the value as written, what is wrong, what to write instead, which rule. `complete` adds to a remedy what only the request knows.
 */
export function createDenial(
  violations: readonly Violation[],
  name: string,
  kind: Kind,
  complete?: (remedy: string) => string,
): Status {
  const { details, sentences } = tellViolations(violations, name, kind, complete);
  return { code: 422, reason: 'Invalid', message: sentences.join('; '), details };
}

/** Violations as the details of a Status, and as sentences that also name their fields. */
export function tellViolations(
  violations: readonly Violation[],
  name: string,
  kind: Kind,
  complete?: (remedy: string) => string,
) {
  return tellTogether([tellEach(violations, complete)], name, kind);
}

/** What was found in one object, as plain data. */
export interface Told {
  /** Of the first ones. */
  readonly causes: readonly Cause[];
  readonly sentences: readonly string[];
  /** Of all. */
  readonly count: number;
}

export function tellEach(violations: readonly Violation[], complete?: (remedy: string) => string): Told {
  const causes = violations.slice(0, shown).map((violation) => ({
    reason: violation.finding.reason ?? 'FieldValueInvalid',
    message: causeText(violation, undefined, complete),
    field: pathText(violation.finding.path),
  }));
  const sentences = causes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  return { causes, sentences, count: violations.length };
}

/** What was found in several objects because of one, which is refused for it. */
export function tellTogether(all: readonly Told[], name: string, kind: Kind) {
  const causes = all.flatMap((told) => told.causes).slice(0, shown);
  const sentences = all.flatMap((told) => told.sentences).slice(0, shown);
  const rest = all.reduce((sum, { count }) => sum + count, -causes.length);
  if (rest > 0) {
    const isCounted = all.every(({ count }) => count < maxCountedPerRule);
    const more = `and ${isCounted ? '' : 'at least '}${rest} more like these or other violations: fix these first [endpoints-webhook]`;
    sentences.push(more);
    causes.push({ reason: 'FieldValueInvalid', message: more, field: causes[0]?.field ?? '' });
  }
  return { details: { name: escapeText(name, 253), kind, group: kinds[kind].group, causes }, sentences };
}

/** One violation for a person who sees nothing else but the field's name. `tag` is what follows it. */
export function causeText(
  { rule, finding }: Violation,
  tag = ` [endpoints-webhook: ${rule.id}]`,
  complete = (remedy: string) => remedy,
): string {
  const remedy = complete(finding.remedy ?? rule.remedy);
  return `${cut(`${finding.message}: ${remedy}`, maxCauseLength - tag.length)}${tag}`;
}

/** The warnings about an object, short enough to survive. */
export function warningTexts(violations: readonly Violation[]): string[] {
  const texts = violations.slice(0, violations.length > shown ? shown - 1 : shown).map(warningText);
  return withRest(texts, violations.length - texts.length);
}

/** As many warnings as are sent about one object. */
export function limitWarnings(texts: readonly string[]): readonly string[] {
  return texts.length > shown ? withRest(texts.slice(0, shown - 1), texts.length - shown + 1) : texts;
}

function withRest(texts: readonly string[], rest: number): string[] {
  return rest > 0 ? [...texts, `and ${rest} more warnings [endpoints-webhook]`] : [...texts];
}

function warningText({ rule, finding }: Violation): string {
  const text = `${pathText(finding.path)}: ${finding.message}`;
  const tag = ` [endpoints-webhook: ${rule.id}]`;
  if (text.length + tag.length <= comfortableWarning) return `${text}${tag}`;
  const shortTag = ` [${rule.id}]`;
  return `${cut(text, maxWarningLength - shortTag.length)}${shortTag}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

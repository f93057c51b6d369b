import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, isFields, listOf } from '../json/fields.ts';

/** The annotation of a configuration that has its webhooks as the chart rendered them, in JSON. */
export const renderedAnnotation = 'endpoints-webhook.io/rendered';

/** How a configuration differs from what was rendered; no `changes` where it does not. */
export interface ForeignChanges {
  /** What differs, such as `namespaceSelector of endpoints.validate.endpoints-webhook.io`. */
  readonly changes: readonly string[];
  /** The field managers that have written the object, as it names them. */
  readonly managers: readonly string[];
}

/** `fillsCaBundle`: the pods themselves look after `caBundle`, which is then nobody else's change. */
export function findForeignChanges(configuration: unknown, fillsCaBundle: boolean): ForeignChanges {
  const { metadata, webhooks } = fieldsOf(configuration);
  const managers = listOf(fieldsOf(metadata).managedFields).map((entry) => textOf(fieldsOf(entry).manager));
  const rendered = readRendered(fieldsOf(fieldsOf(metadata).annotations)[renderedAnnotation]);
  const changes = rendered ? compare(byName(rendered), byName(listOf(webhooks)), fillsCaBundle) : [noAnnotation];
  return { changes: upTo(changes, maxListed), managers: upTo([...new Set(managers)], maxListed) };
}

const noAnnotation = `the annotation ${renderedAnnotation}`;

function readRendered(annotation: unknown): readonly unknown[] | undefined {
  try {
    const rendered: unknown = JSON.parse(String(annotation));
    return Array.isArray(rendered) ? rendered : undefined;
  } catch {
    return undefined;
  }
}

type Webhooks = ReadonlyMap<string, unknown>;

function byName(webhooks: readonly unknown[]): Webhooks {
  return new Map(webhooks.map((webhook) => [textOf(fieldsOf(webhook).name), webhook]));
}

/** Whoever may write the annotation may write anything where a name belongs. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'without a name';
}

function compare(rendered: Webhooks, live: Webhooks, fillsCaBundle: boolean): readonly string[] {
  const added = [...live.keys()].filter((name) => !rendered.has(name)).map((name) => `the added webhook ${name}`);
  const others = [...rendered].flatMap(([name, webhook]) => {
    const found = live.get(name);
    if (found === undefined) return [`the removed webhook ${name}`];
    return changedFields(webhook, found, fillsCaBundle).map((field) => `${field} of ${name}`);
  });
  return [...others, ...added];
}

/** All that decides what is asked, and what an API server makes of the answer. Fields of newer API servers are not rendered. */
const comparedFields = [
  'admissionReviewVersions',
  'failurePolicy',
  'matchPolicy',
  'sideEffects',
  'timeoutSeconds',
  'reinvocationPolicy',
  'rules',
  'namespaceSelector',
  'objectSelector',
  'matchConditions',
];

function changedFields(rendered: unknown, live: unknown, fillsCaBundle: boolean): readonly string[] {
  const [expected, found] = [fieldsOf(rendered), fieldsOf(live)];
  const fields = comparedFields.filter((field) => !isSame(expected[field], found[field]));
  const { caBundle: wanted, ...target } = fieldsOf(expected.clientConfig);
  const { caBundle, ...foundTarget } = fieldsOf(found.clientConfig);
  if (!isSame(target, foundTarget)) fields.push('clientConfig');
  if (!fillsCaBundle && (wanted === undefined ? !caBundle : caBundle !== wanted)) fields.push('caBundle');
  return fields;
}

/** An API server stores nothing for an empty list, and `{}` for a selector that is not given. */
function isSame(rendered: unknown, live: unknown): boolean {
  return isDeepStrictEqual(withoutEmpty(rendered), withoutEmpty(live));
}

/** Configurations are not nearly as deep. An annotation may be so deep that to look through it would overflow the stack. */
const maxDepth = 32;

function withoutEmpty(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return Symbol('as nothing else');
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((member) => withoutEmpty(member, depth + 1));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, withoutEmpty(member, depth + 1)] as const);
  const filled = entries.filter(([, member]) => member !== undefined);
  return filled.length === 0 ? undefined : new Map(filled);
}

/** There may be as many as an object has room for. */
const maxListed = 8;

function upTo(texts: readonly string[], max: number): readonly string[] {
  const listed = texts.slice(0, max).map((text) => text.slice(0, 200));
  return texts.length > max ? [...listed, `${texts.length - max} more`] : listed;
}

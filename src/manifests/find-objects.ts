import { FieldPath } from '../endpoints/field-path.ts';
import { quote } from '../endpoints/quote.ts';
import { type Fields, isFields } from '../json/fields.ts';
import type { KindDefinition } from '../kinds/kind.ts';
import { carriedKind, generatedObject } from './carried-kind.ts';
import { decodeTexts, mayHoldObjects } from './embedded-text.ts';
import type { Carrier, FoundObjects, Origin } from './found.ts';
import { impliedBy, isList, listMeant } from './lists.ts';
import { kindMeant } from './near-miss.ts';
import { fillIn, isTemplate } from './template-parameters.ts';

/** More values are not looked at: aliases could stand for any number of them. */
const maxValues = 30_000_000;

/** A value to look at. */
interface Task {
  readonly value: unknown;
  readonly path: FieldPath;
  /** `undefined` for what kubectl applies by itself: a document, or an item of a list. */
  readonly carrier?: Carrier | undefined;
  /** How many steps of the path lead to the carrier. */
  readonly depth: number;
  /** What items of a list may leave out. */
  readonly implied?: Fields | undefined;
  readonly isInTemplate: boolean;
  readonly isPartial: boolean;
}

/** What was found, and what is still to look at: the last comes first. */
type Find = FoundObjects & { readonly tasks: Task[] };

/**
 * The objects of a document: itself, the items of a list, and whole manifests that objects of other kinds carry, wherever they stand but in
 * metadata. `origin`: of a document that is a text in one of them.
 */
export function findObjects(value: unknown, origin?: Origin): FoundObjects {
  const task = { isInTemplate: false, isPartial: false, ...origin, value, path: FieldPath.root, depth: 0 };
  const find: Find = { objects: [], texts: [], others: [], problems: [], tasks: [] };
  // A text that is nothing but a text, such as an expression, is no document.
  if (origin === undefined || typeof value !== 'string') find.tasks.push(task);
  let left = maxValues;
  for (let task = find.tasks.pop(); task && left > 0; task = find.tasks.pop(), left--) look(task, find);
  if (left === 0) find.problems.push({ path: [], message: `has more than ${maxValues} values: split it` });
  return find;
}

function look(task: Task, find: Find): void {
  const { value, path, carrier } = task;
  if (isFields(value)) lookAtObject(value, task, find);
  else if (carrier === undefined) {
    if (isScalar(value)) {
      const message = `${quote(value)} is not an object: write one, or leave the file out with --exclude`;
      find.problems.push({ path: path.steps, message });
    } else if (value !== null && value !== undefined) carryBy(task, find);
  } else if (typeof value === 'string') addText(value, task, carrier, find);
  else if (Array.isArray(value))
    addTasks(
      value.map((item, i) => ({ ...task, value: item, path: path.child(i) })),
      find,
    );
}

/** What no object can come of: kubectl may have read it as one, as the text that JSON is after what is no space in YAML. */
function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function lookAtObject(value: Fields, task: Task, find: Find): void {
  const { carrier, implied, isPartial } = task;
  const object = implied ? { ...implied, ...value } : value;
  const kind = carrier ? carriedKind(object, isPartial) : kindMeant(object);
  if (kind) take(kind, object, task, find);
  else if (isList(object)) addItems(object, task, find);
  else if (carrier) lookInside(object, task, find);
  else carryBy(task, find);
}

/** Looks again at an object of another kind: for what it carries. */
function carryBy(task: Task, find: Find): void {
  const carrier = { carries: false };
  find.others.push(carrier);
  look({ ...task, carrier, depth: task.path.steps.length }, find);
}

function take({ kind }: KindDefinition, object: Fields, task: Task, find: Find): void {
  const { path, depth, carrier, isInTemplate } = task;
  if (carrier) carrier.carries = true;
  const { steps } = path;
  find.objects.push({ kind, object, path: steps, inside: carrier ? steps.slice(depth) : [], isInTemplate });
  if (Array.isArray(object.items)) addItems(object, task, find);
}

function addText(text: string, { path, depth, isInTemplate, isPartial }: Task, carrier: Carrier, find: Find): void {
  if (!mayHoldObjects(text)) return;
  const { steps } = path;
  find.texts.push({ text, path: steps, inside: steps.slice(depth), carrier, isInTemplate, isPartial });
}

/** To kubectl everything that has items is a list. */
function addItems(list: Fields, task: Task, find: Find): void {
  const { kind, items } = list;
  const meant = listMeant(list);
  const message = `${quote(kind)} is not ${meant}: write ${meant}`;
  if (meant !== undefined) find.problems.push({ path: [...task.path.steps, 'kind'], message });
  const path = task.path.child('items');
  const implied = impliedBy(list);
  if (Array.isArray(items))
    addTasks(
      items.map((value, i) => ({ ...task, value, path: path.child(i), implied })),
      find,
    );
}

/** Not in metadata: it holds what is said of an object, such as how it was applied last. */
function lookInside(object: Fields, task: Task, find: Find): void {
  const { path, isInTemplate, isPartial } = task;
  const generated = generatedObject(object);
  if (generated) take(generated.kind, generated.object, { ...task, path: path.child('data') }, find);
  const template = isTemplate(object);
  const unpacked = template ? { ...object, objects: fillIn(object) } : decodeTexts(object);
  if (unpacked.content === undefined && object.content !== undefined)
    find.problems.push({ path: [...path.steps, 'content'], message: 'content is too large to be looked into' });
  const tasks = Object.entries(unpacked)
    .filter(([key, value]) => key !== 'metadata' && mayHold(value))
    .map(([key, value]) => ({
      ...{ ...task, value, path: path.child(key), implied: undefined },
      isInTemplate: isInTemplate || (template && key === 'objects'),
      isPartial: isPartial || /^(?:patch|assert)/i.test(key),
    }));
  addTasks(tasks, find);
}

function addTasks(tasks: readonly Task[], find: Find): void {
  for (const task of tasks.toReversed()) if (task.carrier === undefined || mayHold(task.value)) find.tasks.push(task);
}

/** Numbers and short texts hold nothing. */
function mayHold(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || (typeof value === 'string' && value.length > 20);
}

import { FieldPath, type Path } from '../endpoints/field-path.ts';
import { type Fields, isFields } from '../json/fields.ts';

/** A value that is filled in later: by OpenShift, Helm, Kyverno, kro, Argo, Tekton or Flux. */
export interface Placeholder {
  readonly path: Path;
  readonly text: string;
}

const pattern = /\$\{\{?[^{}]*\}|\{\{[^{}]*\}\}|\$\([\w.[\]'"-]+\)|<<[^<>]+>>/;

/** More are not listed: one is enough to know that the object cannot be judged as it is. */
const maxListed = 100;

export function isPlaceholder(value: string): boolean {
  return pattern.test(value);
}

/** Those of an object, without labels and annotations: no rule looks at what they say. */
export function findPlaceholders(object: Fields): readonly Placeholder[] {
  const found: Placeholder[] = [];
  const waiting: [unknown, FieldPath][] = [[object, FieldPath.root]];
  for (let next = waiting.pop(); next && found.length < maxListed; next = waiting.pop()) {
    const [value, path] = next;
    if (typeof value === 'string' && isPlaceholder(value)) found.push({ path: path.steps, text: value });
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) waiting.push([item, path.child(i)]);
    else if (isFields(value))
      for (const key of Object.keys(value)) if (!isUnjudged(path, key)) waiting.push([value[key], path.child(key)]);
  }
  return found.reverse();
}

function isUnjudged({ key: parent, parent: above }: FieldPath, key: string): boolean {
  return parent === 'metadata' && above?.key === undefined && (key === 'labels' || key === 'annotations');
}

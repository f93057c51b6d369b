import type { FieldPath } from '../endpoints/field-path.ts';
import { fieldsOf, isFields } from '../json/fields.ts';
import type { Report } from './report.ts';
import { isQualifiedName } from './syntax.ts';
import { invalid, missing, textOf } from './values.ts';

export function checkOwners(owners: readonly unknown[], path: FieldPath, report: Report): void {
  let controllers = 0;
  for (const [i, value] of owners.entries()) {
    const owner = fieldsOf(value);
    for (const key of ['apiVersion', 'kind', 'name', 'uid'])
      if (textOf(owner[key]) === '') report(path.child(i).child(key), missing(`write the owner's ${key}`));
    const version = textOf(owner.apiVersion);
    if (version && !isVersion(version))
      report(path.child(i).child('apiVersion'), invalid(version, 'a group and version', 'one such as apps/v1 or v1'));
    if (version === 'v1' && owner.kind === 'Event')
      report(path.child(i), () => ({ message: 'an Event cannot be an owner', remedy: 'remove it' }));
    if (owner.controller === true && ++controllers === 2)
      report(path.child(i).child('controller'), () => ({
        message: 'is true of two owners',
        remedy: 'leave it true of the one that controls the object',
      }));
  }
}

function isVersion(text: string): boolean {
  const parts = text.split('/');
  return parts.length <= 2 && parts.at(-1) !== '';
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

export function checkFinalizers(finalizers: readonly unknown[], path: FieldPath, report: Report): void {
  for (const [i, value] of finalizers.entries()) {
    const name = textOf(value);
    if (name === undefined || standardFinalizers.includes(name)) continue;
    if (!name.includes('/') || !isQualifiedName(name))
      report(
        path.child(i),
        invalid(name, 'a finalizer', `${standardFinalizers.join(', ')}, or a qualified name such as example.com/name`),
      );
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    report(path, () => ({ message: 'are orphan and foregroundDeletion', remedy: 'keep one of them' }));
}

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** Unless all of them can be read, an API server replaces them; those of another version of the object it drops. */
export function checkManagedFields(entries: readonly unknown[], of: unknown, path: FieldPath, report: Report): void {
  if (!entries.every(isReadable)) return;
  for (const [i, value] of entries.entries()) {
    const { manager, subresource, apiVersion } = fieldsOf(value);
    if (apiVersion !== of) continue;
    const name = textOf(manager) ?? '';
    if (Buffer.byteLength(name) > 128 || !printable.test(name))
      report(
        path.child(i).child('manager'),
        invalid(name, 'the name of a manager', 'at most 128 printable characters'),
      );
    const part = textOf(subresource) ?? '';
    if (Buffer.byteLength(part) > 256)
      report(path.child(i).child('subresource'), invalid(part, 'a subresource', 'at most 256 characters'));
  }
}

function isReadable(entry: unknown): boolean {
  const { operation, apiVersion, fieldsType, fieldsV1 } = fieldsOf(entry);
  const isKnown = (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1';
  return isKnown && Boolean(apiVersion) && (isFields(fieldsV1) || fieldsV1 === undefined || fieldsV1 === null);
}

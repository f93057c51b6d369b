import { describe, expect, test } from 'vitest';
import { listRefusals } from '../../src/api-validation/refusals.ts';
import { pathText } from '../../src/endpoints/field-path.ts';

const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'a' };

function refused(metadata: object): readonly string[] {
  const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', ...metadata } };
  return listRefusals('Endpoints', object, 100).map(({ path, message }) => `${pathText(path)} ${message}`);
}

describe('owners', () => {
  test.each<[string, readonly object[], readonly string[]]>([
    ['one', [owner], []],
    ['of the core group', [{ ...owner, apiVersion: 'v1', kind: 'Service' }], []],
    ['two, of which one controls', [owner, { ...owner, controller: true }], []],
    ['without a name', [{ ...owner, name: '' }], ['metadata.ownerReferences[0].name is missing']],
    ['without a version', [{ ...owner, apiVersion: 'apps/' }], ['"apps/" is not a group and version']],
    ['with too long a version', [{ ...owner, apiVersion: 'a/b/c' }], ['"a/b/c" is not a group and version']],
    ['an Event', [{ ...owner, apiVersion: 'v1', kind: 'Event' }], ['an Event cannot be an owner']],
    ['two that control', Array(2).fill({ ...owner, controller: true }), ['[1].controller is true of two owners']],
  ])('%s', (_, ownerReferences, messages) => {
    const told = refused({ ownerReferences });
    expect(told).toHaveLength(messages.length);
    for (const [i, message] of messages.entries()) expect(told[i]).toContain(message);
  });
});

test.each<[string, readonly unknown[], readonly string[]]>([
  ['of Kubernetes', ['kubernetes', 'orphan'], []],
  ['qualified', ['example.com/name'], []],
  ['not qualified', ['name'], ['"name" is not a finalizer']],
  ['badly qualified', ['Example.com/name'], ['"Example.com/name" is not a finalizer']],
  ['that exclude each other', ['orphan', 'foregroundDeletion'], ['are orphan and foregroundDeletion']],
])('finalizers: %s', (_, finalizers, messages) => {
  const told = refused({ finalizers });
  expect(told).toHaveLength(messages.length);
  for (const [i, message] of messages.entries()) expect(told[i]).toContain(message);
});

const entry = { manager: 'kubectl', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} };

test.each<[string, readonly object[], readonly string[]]>([
  ['one', [entry], []],
  ['without fields', [{ ...entry, fieldsV1: null }], []],
  ['applied', [{ ...entry, operation: 'Apply', manager: undefined }], []],
  ['of a long manager', [{ ...entry, manager: 'x'.repeat(129) }], ['.manager']],
  ['of a manager with a line break', [{ ...entry, manager: 'a\nb' }], ['.manager']],
  ['of a long subresource', [{ ...entry, subresource: 'x'.repeat(257) }], ['.subresource']],
  ['of another version, which is dropped', [{ ...entry, apiVersion: 'v2', manager: 'a\nb' }], []],
  ['that cannot be read, and so is replaced', [{ ...entry, operation: 'Patch', manager: 'a\nb' }], []],
  ['without a type', [{ ...entry, fieldsType: '', manager: 'a\nb' }], []],
  ['without a version', [{ ...entry, apiVersion: '', manager: 'a\nb' }], []],
])('managed fields: %s', (_, managedFields, messages) => {
  const told = refused({ managedFields });
  expect(told).toHaveLength(messages.length);
  for (const [i, message] of messages.entries()) expect(told[i]).toContain(message);
});

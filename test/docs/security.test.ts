import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { fieldsOf } from '../../src/json/fields.ts';

const security = readFileSync('SECURITY.md', 'utf8').split('\n');
const objects = parseAllDocuments(readFileSync('deploy/install.yaml', 'utf8')).map((document) =>
  fieldsOf(document.toJS()),
);

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const bound = objects.filter(({ subjects }) => JSON.stringify(subjects ?? '').includes('"ServiceAccount"'));
const names = bound.map(({ roleRef }) => `${fieldsOf(roleRef).kind}/${fieldsOf(roleRef).name}`);

/** What the token of a pod may do. */
const rights = objects
  .filter(({ kind, metadata }) => names.includes(`${kind}/${fieldsOf(metadata).name}`))
  .flatMap(({ rules }) => rules as readonly Rule[])
  .flatMap(({ resources, verbs }) => resources.map((resource) => ({ resource, verbs: verbs.join(', ') })));

test.each(rights)('SECURITY.md says that a pod may $verbs $resource', ({ resource, verbs }) => {
  expect(security.filter((line) => line.includes(`| ${verbs} |`)).join('\n')).toContain(`\`${resource}\``);
});

test('there are rights to speak of', () => expect(rights).toHaveLength(6));

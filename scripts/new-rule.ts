// npm run new-rule <id> [EndpointSlice …]: writes a rule that can be run at once, its line in the list of rules, and its fixtures.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dump } from 'js-yaml';
import type { EndpointKind } from '../src/endpoints/view.ts';
import { wholeObject } from '../src/rules/example.ts';
import { ruleTemplate, sampleFields } from './rule-template.ts';

const [id = '', ...given] = process.argv.slice(2);
const kinds: readonly EndpointKind[] = given.length === 0 ? ['Endpoints'] : given.filter(isKind);
const file = `src/rules/${id}.ts`;
const usage = 'usage: npm run new-rule <id> [Endpoints] [EndpointSlice]';
if (kinds.length < given.length) fail(usage);
if (!/^[a-z]+(?:-[a-z]+)*$/.test(id))
  fail(`${usage}\n"${id}" is not an id: write lower-case words with "-" between them`);
if (existsSync(file)) fail(`${file} exists: edit it, or choose another id`);

const name = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
write(file, ruleTemplate(id, name, kinds));
addToList();
spawnSync('node_modules/.bin/biome', ['check', '--write', file, 'src/rules/index.ts']);
for (const kind of kinds)
  for (const verdict of ['accept', 'reject'] as const) {
    const prefix = kind === 'EndpointSlice' ? 'slice-' : '';
    const object = wholeObject(kind, sampleFields[verdict][kind]);
    write(`test/corpus/${id}/${verdict}/${prefix}one-address.yaml`, dump(object, { noRefs: true }));
  }
console.log(`
Now write the rule and what its fixtures show, then
  npm run docs                     prints all that is printed from it: the rules' README, schemas, chart, what check says of fixtures
  npx vitest run test/rules test/corpus.test.ts -t ${id}`);

function isKind(word: string): word is EndpointKind {
  return word === 'Endpoints' || word === 'EndpointSlice';
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}

/** The import where the alphabet wants it, and the rule at the end: violations are reported in this order. */
function addToList(): void {
  const list = 'src/rules/index.ts';
  const lines = readFileSync(list, 'utf8').split('\n');
  const after = lines.findIndex((line) => /^import .* from '\.\//.test(line) && pathIn(line) > `./${id}.ts`);
  const end = lines.findLastIndex((line) => line.startsWith('import ')) + 1;
  lines.splice(after < 0 ? end : after, 0, `import { ${name} } from './${id}.ts';`);
  lines.splice(lines.lastIndexOf('];'), 0, `  ${name},`);
  writeFileSync(list, lines.join('\n'));
  console.log(`added ${name} to ${list}`);
}

function pathIn(line: string): string {
  return /'(.*)'/.exec(line)?.[1] ?? '';
}

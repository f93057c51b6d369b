import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom: a folder of src, which other folders or files of src it may import, and which modules from outside. */
const table: Readonly<Record<string, { readonly inside: string; readonly outside: string }>> = {
  json: { inside: '', outside: '' },
  endpoints: { inside: 'json', outside: 'ipaddr.js' },
  kinds: { inside: 'json endpoints', outside: '' },
  rules: { inside: 'json endpoints kinds', outside: 'zod' },
  defaults: { inside: 'json', outside: '' },
  policy: { inside: 'json endpoints rules', outside: 'zod node:crypto' },
  state: { inside: 'json endpoints', outside: '' },
  review: { inside: 'json endpoints kinds rules defaults policy state', outside: '' },
  'api-validation': { inside: 'json endpoints policy rules review', outside: 'ipaddr.js' },
  'admission-policy': { inside: 'endpoints kinds rules policy', outside: '' },
  admission: { inside: 'json endpoints kinds rules defaults policy review', outside: 'node:buffer' },
  audit: { inside: 'json endpoints kinds rules policy review admission', outside: '' },
  report: { inside: 'json endpoints kinds rules review audit', outside: 'node:crypto js-yaml' },
  cluster: {
    inside: 'json state',
    outside:
      '@kubernetes/client-node socks undici yaml node:child_process node:fs node:net node:path node:stream node:timers/promises node:tls node:tty node:util',
  },
  certificates: { inside: 'cluster', outside: '@peculiar/x509 reflect-metadata node:crypto node:fs pino' },
  server: {
    inside: 'endpoints kinds rules policy review admission certificates state cluster/pod-lookup cluster/woken-lookup',
    outside:
      'express pino prom-client node:crypto node:events node:http node:https node:net node:path node:stream node:timers/promises node:tls node:v8 node:worker_threads',
  },
  manifests: {
    inside: 'json endpoints kinds policy cli/io cli/usage-error',
    outside: 'ignore js-yaml node:fs node:path node:zlib',
  },
  suggest: { inside: 'json endpoints rules state', outside: 'js-yaml' },
  scan: { inside: 'json endpoints kinds policy review state audit report suggest cluster cli/io', outside: '' },
  publish: { inside: 'json audit cluster report scan', outside: '' },
  serve: {
    inside: 'endpoints kinds policy review state cluster certificates server manifests cli/usage-error',
    outside:
      'pino prom-client zod node:crypto node:fs node:http node:https node:net node:os node:timers/promises node:v8',
  },
  verify: {
    inside: 'json endpoints kinds policy review audit report cluster manifests cli/usage-error',
    outside: 'zod node:crypto node:http node:net node:tls node:util',
  },
  demo: {
    inside: 'json endpoints kinds rules review serve cli/io cli/usage-error manifests/text-file',
    outside: 'node:https node:timers/promises',
  },
  cli: {
    inside:
      'json endpoints rules policy admission-policy api-validation review admission audit report suggest cluster manifests scan publish serve demo verify',
    outside: 'commander js-yaml node:crypto node:timers/promises',
  },
};

/** The folders that decide: the same input gives the same output, and nothing else happens. */
const pureFolders =
  'endpoints kinds rules defaults policy review admission-policy api-validation audit report admission state suggest json'.split(
    ' ',
  );

const files = globSync('src/**/*.ts');

/** What a file imports, as values or as types, at once or later: files of src by their path, modules by their name. */
function importsOf(file: string): readonly string[] {
  const imports = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?'([^']+)'/g)];
  return imports.map(([, target = '']) => (target.startsWith('.') ? join(dirname(file), target) : target));
}

describe('who may import whom', () => {
  test.each(files.filter((file) => dirname(file) !== 'src'))('%s imports only what its folder may', (file) => {
    const folder = folderOf(file);
    const { inside, outside } = table[folder] ?? { inside: '', outside: '' };
    const allowed = [folder, ...inside.split(' '), ...outside.split(' ')];
    for (const target of importsOf(file)) {
      const names = target.startsWith('src/')
        ? [folderOf(target), relative('src', target).replace('.ts', '')]
        : [target];
      const message = `${file} imports ${target}, which the table in test/architecture.test.ts does not allow src/${folder}: move the code to a folder that may import it, or pass the value in as a parameter`;
      expect(
        names.some((name) => allowed.includes(name)),
        message,
      ).toBe(true);
    }
  });

  test('the table names each folder, and nothing that is not there', () => {
    const folders = new Set(files.filter((file) => dirname(file) !== 'src').map(folderOf));
    const message =
      'the keys of the table in test/architecture.test.ts and the folders of src differ: add or remove a line';
    expect(Object.keys(table).sort(), message).toEqual([...folders].sort());
  });

  test('the table allows nothing that no file imports', () => {
    const unused = Object.entries(table).flatMap(([folder, { inside, outside }]) => {
      const imported = files.filter((file) => folderOf(file) === folder).flatMap(importsOf);
      const names = new Set(imported.flatMap((target) => [target, folderOf(target), nameOf(target)]));
      return [...inside.split(' '), ...outside.split(' ')]
        .filter((name) => name !== '' && !names.has(name))
        .map((name) => `${folder}: ${name}`);
    });
    expect(unused, 'nothing imports these any more: remove them from the table in test/architecture.test.ts').toEqual(
      [],
    );
  });
});

function folderOf(file: string): string {
  return relative('src', file).split('/')[0] ?? '';
}

function nameOf(file: string): string {
  return relative('src', file).replace('.ts', '');
}

describe('import cycles', () => {
  test('no file imports itself by way of others, not even for a type', () => {
    const graph = new Map(files.map((file) => [file, importsOf(file)]));
    const cyclic = files.filter((file) => reachableFrom(file, graph).has(file));
    const message =
      'these files import each other in a circle: move what both need into a file of its own, which imports neither';
    expect(cyclic, message).toEqual([]);
  });

  test('a circle is found', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b', 'd']],
    ]);
    expect(['a', 'b', 'c', 'd'].filter((file) => reachableFrom(file, graph).has(file))).toEqual(['b', 'c']);
  });
});

function reachableFrom(start: string, graph: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...(graph.get(start) ?? [])];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...(graph.get(file) ?? []));
  }
  return reached;
}

describe('pure folders', () => {
  const forbidden = [
    {
      what: 'the clock',
      pattern: /\bnew Date\(|\bDate\.now\b|\bperformance\b/,
      examples: ['new Date()', 'Date.now()', 'performance.now()'],
    },
    {
      what: 'timers',
      pattern: /\bset(?:Timeout|Interval|Immediate)\b/,
      examples: ['setTimeout(look, 5)', 'setInterval(look, 5)', 'setImmediate(look)'],
    },
    {
      what: 'randomness',
      pattern: /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/,
      examples: ['Math.random()', 'crypto.randomUUID()', 'crypto.getRandomValues(bytes)'],
    },
    { what: 'the console', pattern: /\bconsole\s*[.[]/, examples: ['console.log(text)'] },
    {
      what: 'the process',
      pattern: /\bprocess\s*[.?[]|node:process/,
      examples: ['process.env.HOME', "from 'node:process'"],
    },
  ];
  const pureFiles = files.filter((file) => pureFolders.includes(folderOf(file)));

  test.each(forbidden)('no file uses $what', ({ what, pattern }) => {
    const using = pureFiles.filter((file) => pattern.test(codeOf(readFileSync(file, 'utf8'))));
    expect(using, `a pure folder uses ${what} (${pattern}): pass its value in as a parameter`).toEqual([]);
  });

  test.each(forbidden.flatMap(({ pattern, examples }) => examples.map((example) => ({ pattern, example }))))(
    '$example is found by $pattern',
    ({ pattern, example }) => {
      const message = `the pattern does not find ${example}, so the test above finds nothing: correct the pattern`;
      expect(pattern.test(codeOf(`const x = 1; // a comment\n${example};`)), message).toBe(true);
      expect(pattern.test(codeOf(`/** ${example} */\nconst x = 1; // ${example}`)), 'comments do not count').toBe(
        false,
      );
    },
  );

  test('there are some', () => {
    expect(pureFiles.length, 'no pure file was found: correct the glob or the list of pure folders').toBeGreaterThan(
      40,
    );
  });
});

/** A source text without its comments. */
function codeOf(source: string): string {
  return source.replace(/^\s*\/\*\*?[\s\S]*?\*\//gm, '').replace(/(?:^|\s)\/\/.*$/gm, '');
}

test('only what begins and ends the process touches it', () => {
  const touching = files.filter((file) => /\bprocess\.|node:process/.test(codeOf(readFileSync(file, 'utf8'))));
  const message =
    'only src/main.ts and src/serve/serve-process.ts may use `process`, and what ends a credential plugin: let them pass in what is needed';
  expect(touching.sort(), message).toEqual(['src/cluster/run-plugin.ts', 'src/main.ts', 'src/serve/serve-process.ts']);
});

describe('what is printed', () => {
  const written = ['src/main.ts', 'src/serve/serve-process.ts'].flatMap(
    (file) => codeOf(readFileSync(file, 'utf8')).match(/\b(?:process\.std(?:out|err)|destination)\.write\(.*/g) ?? [],
  );

  test('goes to the process through what makes it visible', () => {
    expect(written).toHaveLength(4);
    const message = 'what is written here may hold text of others: wrap it in visible() or visibleLines()';
    for (const call of written) expect(call, message).toMatch(/\.write\((?:`[^`$]*\$\{)?visible(?:Lines)?\(/);
  });

  test('is no child’s: none writes to our standard output or standard error by itself', () => {
    const spawning = files.filter((file) => /node:child_process/.test(readFileSync(file, 'utf8')));
    expect(spawning).toEqual(['src/cluster/run-plugin.ts']);
    const [stdio] = /stdio: .*/.exec(readFileSync('src/cluster/run-plugin.ts', 'utf8')) ?? [];
    expect(stdio).toMatch(/, 'pipe', 'pipe'\],$/);
  });
});

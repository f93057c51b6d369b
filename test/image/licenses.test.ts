import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { packagesOf } from '../../scripts/licenses.ts';

test.each<[string, string[]]>([
  ['../src/main.ts', []],
  ['../node_modules/yaml/dist/index.js', ['node_modules/yaml']],
  ['../node_modules/@peculiar/x509/build/x509.es.js', ['node_modules/@peculiar/x509']],
  ['../node_modules/proxy-addr/node_modules/ipaddr.js/lib/a.js', ['node_modules/proxy-addr/node_modules/ipaddr.js']],
  ['../node_modules/a/node_modules/@b/c/d.js', ['node_modules/a/node_modules/@b/c']],
])('%s is of %j', (source, packages) => {
  expect(packagesOf([source, source])).toEqual(packages);
});

test('The license of the Node that is pinned is at hand', () => {
  expect(existsSync(`scripts/licenses-node-${manifest.devDependencies.node}.txt`)).toBe(true);
});

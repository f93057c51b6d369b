import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { check } from '../../src/cli/check.ts';
import type { Result } from '../../src/report/result.ts';
import { formatSarif } from '../../src/report/sarif.ts';
import { forbiddenNetwork } from '../../src/rules/forbidden-network.ts';
import { rules } from '../../src/rules/index.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';

const require = createRequire(import.meta.url);

/** Says what the SARIF 2.1.0 schema of OASIS has against a log; it comes with Microsoft's jest-sarif, as does this validator. */
function complaints(log: unknown): unknown {
  const Ajv = createRequire(require.resolve('@microsoft/jest-sarif'))('ajv');
  const ajv = new Ajv({ schemaId: 'auto', meta: false, unknownFormats: 'ignore' });
  ajv.addMetaSchema(createRequire(require.resolve('@microsoft/jest-sarif'))('ajv/lib/refs/json-schema-draft-04.json'));
  const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  ajv.validate(JSON.parse(readFileSync(file, 'utf8')), log);
  return ajv.errors;
}

const write = (results: readonly Result[], notes: Parameters<typeof formatSarif>[2] = [], count = results.length) =>
  JSON.parse([...formatSarif(results, count, notes, '1.2.3')].join(''));

const inCluster = (name: string): Result => ({
  spot: { namespace: 'shop', kind: 'Endpoints', name },
  ...{ severity: 'error', rule: forbiddenNetwork, field: 'subsets[0].addresses[0].ip', message: 'bad' },
});
const inFile = (file: string, line: number, field = 'a'): Result => ({
  ...{ spot: { file, line, column: 2 }, severity: 'warning', rule: forbiddenNetwork, field, message: 'bad' },
});

test('is valid, with results or without', () => {
  expect(complaints(write([]))).toBeNull();
  const notes = [{ text: 'no' }, { text: 'bad file', spot: { file: 'a b.yaml', line: 1, column: 1 } }];
  expect(complaints(write([inCluster('web'), inCluster('\ud800 ü/%'), inFile('a b/ü#?.yaml', 3)], notes))).toBeNull();
});

test('the validator sees what is wrong', () => {
  const log = write([inCluster('web')]);
  log.runs[0].results[0].level = 'fatal';
  expect(complaints(log)).not.toBeNull();
});

test('knows the tool and every rule', () => {
  const { driver } = write([]).runs[0].tool;
  expect(driver).toMatchObject({ name: 'endpoints-webhook', version: '1.2.3' });
  expect(driver.rules.map(({ id }: { id: string }) => id)).toEqual([
    'well-formed',
    ...rules.map(({ id }) => id),
    'stale-address',
    'changed-hands',
  ]);
  const ofNetworks = driver.rules.find(({ id }: { id: string }) => id === 'forbidden-network');
  const { shortDescription, fullDescription, help, defaultConfiguration } = ofNetworks;
  for (const { text } of [shortDescription, fullDescription, help]) expect(text).toMatch(/\w{3}/);
  expect(defaultConfiguration).toEqual({ enabled: true, level: 'error' });
});

test('the help of a rule shows an object that violates it and what is found in it, and links its source', () => {
  const { driver } = write([]).runs[0].tool;
  for (const { id, example, source, exampleCluster = [] } of [...rules, wellFormed]) {
    const { help, helpUri } = driver.rules.find((rule: { id: string }) => rule.id === id);
    expect(help.text.match(/^kind: \w+$/gm), id).toHaveLength(Object.keys(example).length + exampleCluster.length);
    expect(help.markdown.match(/^Found: \S/gm), id).toHaveLength(Object.keys(example).length);
    expect(helpUri, id).toBe(source.url);
    expect(help.markdown, id).toContain(source.url ? `[${source.text}](${source.url})` : source.text);
  }
});

test('no address is printed that nobody serves', () => {
  const { driver } = write([]).runs[0].tool;
  expect(JSON.stringify(driver)).not.toContain('//endpoints-webhook');
  expect(driver.informationUri).toBeUndefined();
});

test('every result has what GitHub asks for: a rule of the list, a physical location, a fingerprint of its own', () => {
  const { results, tool } = write([inCluster('a'), inCluster('b'), inFile('x.yaml', 7), inFile('x.yaml', 7)]).runs[0];
  for (const { ruleId, ruleIndex, message, locations, partialFingerprints } of results) {
    expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(message.text).toMatch(/: bad$/);
    expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[\w./%-]+$/);
    expect(locations[0].physicalLocation.region.startLine).toBeGreaterThan(0);
    expect(partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{16}:\d+$/);
  }
  const fingerprints = results.map((one: { partialFingerprints: object }) => JSON.stringify(one.partialFingerprints));
  expect(new Set(fingerprints).size).toBe(4);
});

test('an object in a cluster is a logical location too', () => {
  const [location] = write([inCluster('web')]).runs[0].results[0].locations;
  expect(location.physicalLocation.artifactLocation.uri).toBe('cluster/shop/Endpoints/web');
  expect(location.logicalLocations.at(-1)).toEqual({
    ...{ name: 'web', fullyQualifiedName: 'shop/Endpoints/web', kind: 'object' },
  });
});

test('a fingerprint does not depend on the line', () => {
  const of = (line: number) => write([inFile('x.yaml', line)]).runs[0].results[0].partialFingerprints;
  expect(of(3)).toEqual(of(30));
});

test.each([
  ['./a/b.yaml', 'a/b.yaml'],
  ['-', 'stdin'],
  ['/tmp/a b.yaml', 'file:///tmp/a%20b.yaml'],
  ['a:b.yaml', 'a%3Ab.yaml'],
])('the file %s is %s', (file, uri) => {
  expect(write([inFile(file, 1)]).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
});

test('text makes no links', () => {
  const { message } = write([{ ...inCluster('a'), message: '[click](https://evil.example)' }]).runs[0].results[0];
  expect(message.text).not.toContain('](');
});

test('more results than GitHub takes are left out, and it says so', () => {
  const results = Array.from({ length: 25_002 }, (_, i) => inCluster(`e-${i}`));
  const [run] = write(results).runs;
  expect(run.results).toHaveLength(25_000);
  expect(run.invocations[0].toolExecutionNotifications[0].message.text).toMatch(/^2 more results left out/);
  expect(run.invocations[0].executionSuccessful).toBe(true);
});

test('check writes it, errors first, and what could not be read as a notification', async () => {
  let out = '';
  const io = { out: (text: string) => (out += text), err: () => expect.unreachable(), input: async () => input };
  const head = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n';
  const input = `${head}subsets: [{addresses: [{ip: 10.1.2.3, targetRef: {fieldPath: "["}}, {ip: 127.0.0.1}], ports: [{port: 80}]}]\n`;
  const code = await check(['-', 'no/such.yaml'], { namespace: 'default', output: 'sarif' }, '1.2.3', io);
  expect(code).toBe(2);
  const log = JSON.parse(out);
  expect(complaints(log)).toBeNull();
  const [{ results, invocations }] = log.runs;
  expect(results.map(({ level, ruleId }: Record<string, string>) => `${level} ${ruleId}`)).toEqual([
    'error special-address',
    'warning target-field-path',
  ]);
  expect(results[0].locations[0].physicalLocation.region).toEqual({ startLine: 4, startColumn: 74 });
  expect(invocations[0]).toMatchObject({ executionSuccessful: false });
  expect(invocations[0].toolExecutionNotifications[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
    'no/such.yaml',
  );
});

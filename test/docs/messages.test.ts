import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { chartMessages, notesWarnings } from './messages/chart-messages.ts';
import { matches, type Pattern, page, pagePatterns, partsOf } from './messages/page-messages.ts';
import { expectedOfOthers, foreignTexts, recordedDenials, recordedRefusals } from './messages/recorded-messages.ts';
import { type Message, messagesIn, sourceMessages } from './messages/source-messages.ts';

// Whoever reads a message finds it in docs/troubleshoot.md.

/** Long enough for a machine that does much else: all of src is parsed. */
vi.setConfig({ testTimeout: 180_000 });

/** Read only by who develops it: a mistake in its own code. */
const internal = [
  'src/admission-policy/coverage.ts',
  'src/json/tokens.ts',
  'src/policy/policy.ts',
  'src/review/judge-example.ts',
  'src/rules/example.ts',
  'src/server/judge-in-worker.ts',
  'src/server/judge-review.ts',
  'src/server/judge-worker.ts',
  'src/state/cluster-of.ts',
  'src/demo/demo.ts',
];
const parserMistake = 'the parser ended a node that it did not begin';

/** Files of which every text is read by users: refusals, checks of /readyz and of verify, and what keeps reports from being written. */
const spoken = [
  ...['conclude-waking', 'denial', 'forbidding', 'found', 'measure', 'response'].map(
    (name) => `src/admission/${name}.ts`,
  ),
  ...['access', 'answer', 'ask-holders', 'judge-woken', 'waiting-room'].map((name) => `src/server/${name}.ts`),
  ...['woken-answers', 'woken-lookup'].map((name) => `src/cluster/${name}.ts`),
  ...['followed-cluster', 'policy-reload', 'presentation', 'sharing'].map((name) => `src/serve/${name}.ts`),
  ...['publish', 'rounds', 'self-managed'].map((name) => `src/certificates/${name}.ts`),
  ...['nothing-found', 'passed-over'].map((name) => `src/cli/${name}.ts`),
  ...globSync('src/{publish,verify}/*.ts'),
  'src/review/check-cluster.ts',
  'src/server/refusal.ts',
];

const patterns = pagePatterns();

function isTold({ text }: Message): boolean {
  return patterns.some(({ text: pattern }) => matches(pattern, text) || pattern.includes(text));
}

/** Messages that the page lacks. If there are any, write a row: what it means, and what to do. */
function lacking(messages: readonly Message[]): readonly string[] {
  return messages.filter((one) => !isTold(one)).map(({ text, file }) => `${file}: ${text}`);
}

test('every error that is thrown, and every line of the log at warn and above, is on the page', () => {
  const told = sourceMessages().filter(({ file, text }) => !internal.includes(file) && text !== parserMistake);
  expect(told.length).toBeGreaterThan(100);
  expect(lacking(told)).toEqual([]);
});

test('every line that docs/logs.md has at warn and above is on the page', () => {
  const rows = readFileSync('docs/logs.md', 'utf8').matchAll(/^\| `(.*?)` \| (?:warn|error|fatal) \|/gm);
  const loud = [...rows].map(([, text = '']) => ({ text, file: 'docs/logs.md' }));
  expect(loud.length).toBeGreaterThan(25);
  expect(lacking(loud)).toEqual([]);
});

test('every text of refusals, of /readyz, of verify and of reports is on the page', () => {
  const told = messagesIn(spoken).filter(({ text }) => text.split(/[^…\s]*…[^…\s]*/).some(isSaying));
  expect(told.length).toBeGreaterThan(60);
  expect(lacking(told)).toEqual([]);
});

/** Part of a message that somebody would look up: three words. */
function isSaying(part: string): boolean {
  return part.trim().split(/\s+/).length >= 3;
}

test('everything that the chart refuses and warns of is on the page', () => {
  expect(chartMessages().length).toBeGreaterThan(40);
  expect(notesWarnings().length).toBeGreaterThan(20);
  expect(lacking([...chartMessages(), ...notesWarnings()])).toEqual([]);
});

test('what kubectl printed of API servers, and what tests wait for of API servers, kubelets and Helm, is on the page', () => {
  expect(recordedRefusals().length).toBeGreaterThan(40);
  expect(new Set(expectedOfOthers().map(({ text }) => text)).size).toBeGreaterThanOrEqual(foreignTexts);
  expect(lacking([...recordedRefusals(), ...expectedOfOthers()])).toEqual([]);
});

const ids = [...rules.map(({ id }) => id), 'well-formed'].sort();
const ofRule = (id: string): readonly Pattern[] => patterns.filter(({ rule }) => rule === id);

test('each rule has a row, and no other', () => {
  const named = new Set(patterns.flatMap(({ rule }) => rule ?? []));
  expect([...named].sort()).toEqual(ids);
});

/** What `check` says of the corpus. */
const said = globSync('test/corpus/*/reject/*.out').flatMap((file) => readFileSync(file, 'utf8').split('\n'));

test.each(ids)('what %s says is in its row', (id) => {
  const own = [
    ...said.filter((line) => line.endsWith(` [${id}]`)),
    ...recordedDenials().flatMap(({ text }) => (text.endsWith(` [endpoints-webhook: ${id}]`) ? [text] : [])),
  ];
  expect(own).not.toEqual([]);
  const texts = ofRule(id).filter(({ text }) => !text.startsWith('[endpoints-webhook: '));
  expect(own.filter((line) => !texts.some(({ text }) => matches(text, line)))).toEqual([]);
});

test('what kubectl printed of the webhook has the tags of the page', () => {
  expect(recordedDenials().length).toBeGreaterThan(20);
  const tags = patterns.map(({ text }) => text).filter((text) => text.startsWith('[endpoints-webhook: '));
  expect(recordedDenials().filter(({ text }) => !tags.some((tag) => text.includes(tag)))).toEqual([]);
});

/** Said by others: API servers, kubelets, Helm, Node. */
const others = ['The webhook was not reached', 'Refused by the API server itself', 'Helm', 'Events'];

test('the page has nothing that the program and the chart no longer say', () => {
  const files = globSync(['src/**/*.ts', 'charts/endpoints-webhook/templates/**/*.{yaml,tpl,txt}']);
  const sources = [...files.map((file) => readFileSync(file, 'utf8').replaceAll(/\\(["'`])/g, '$1')), ...said].join(
    '\n',
  );
  const own = patterns.filter(({ section, text }) => !others.includes(section) && !isOfOthers(text));
  const gone = own.filter(
    ({ text }) => !partsOf(text).every((part) => wordsOf(part).every((one) => sources.includes(one))),
  );
  expect(gone).toEqual([]);
});

/** In a section of ours, the words of an API server, or a line that is put together of several texts. */
function isOfOthers(text: string): boolean {
  return /^(?:\[[-+]\]|\[endpoints-webhook: |admission webhook|ValidatingAdmissionPolicy)/.test(text);
}

/** A part of a pattern, as far as the source has it in one text. */
function wordsOf(part: string): readonly string[] {
  return part.split(/: |"/).filter((words) => words.trim().split(' ').length >= 3);
}

test(`no pattern of ${page} matches just anything`, () => {
  const vague = patterns.filter(({ text }) => matches(text, 'a message of which nothing at all is written anywhere'));
  expect(vague).toEqual([]);
  expect(patterns.filter(({ text }) => partsOf(text).join('').length < 3)).toEqual([]);
});

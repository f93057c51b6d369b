import { beforeAll, expect, test } from 'vitest';
import type { Kind } from '../../../src/endpoints/view.ts';
import { allKinds } from '../../../src/kinds/index.ts';
import { fixturesOf, ruleOf } from '../../support/corpus.ts';
import { type Fixture, fixtures, policyValues, replay, statusOf, type Verdict } from '../support/fixtures.ts';
import { golden } from '../support/golden.ts';
import { kubectl } from '../support/kubectl.ts';
import { tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import type { Outcome } from '../support/program.ts';
import { guarding, install, settled } from '../support/release.ts';
import { literally, note } from '../support/report.ts';

const all = fixtures();
const rules = [...new Set(all.map(({ rule }) => rule))].sort();
const policies = [...new Set(all.map(({ policy }) => policy))];
const kindNames = allKinds.map(({ kind }) => kind);
const suffixes: Readonly<Record<Kind, string>> = { Endpoints: '', EndpointSlice: '.slice', Service: '.service' };
const verdicts = new Map<Fixture, Verdict>();
/** What kubectl printed of the first fixture of each rule, kind and refuser. */
const printed = new Map<Fixture, Outcome>();
const files = golden();
let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('corpus');
  for (const policy of policies) await replayAll(policy);
});

/** The fixtures that a policy judges, under a release that has it. Pods of the one before would judge by theirs while they drain. */
async function replayAll(policy: string | undefined): Promise<void> {
  await install({ shutdown: { drainSeconds: 1 }, ...policyValues(policy) });
  await settled(2);
  await guarding(namespace);
  const own = all.filter((fixture) => fixture.policy === policy);
  for (const fixture of own) verdicts.set(fixture, await replay(fixture, namespace));
  const flags = ['create', '--namespace', namespace, '--dry-run=server', '--filename', '-'];
  for (const fixture of examplesOf(own))
    printed.set(fixture, await kubectl(flags, { as: tenant, input: fixture.text }));
}

function examplesOf(own: readonly Fixture[]): readonly Fixture[] {
  const first = (rule: string, kind: string, who: Verdict['by']) =>
    own.find((one) => one.rule === rule && one.kind === kind && isExample(one) && verdicts.get(one)?.by === who);
  return (['API server', 'webhook', 'taken'] as const).flatMap((who) =>
    rules.flatMap((rule) => kindNames.flatMap((kind) => first(rule, kind, who) ?? [])),
  );
}

/** What is taken tells something only where it is warned about. */
function isExample(fixture: Fixture): boolean {
  const fixed = verdicts.get(fixture)?.by === 'taken' && fixture.denies.length > 0;
  return fixture.name.includes('/reject/') && !fixed;
}

const by = (wanted: Verdict['by']) => all.filter((fixture) => verdicts.get(fixture)?.by === wanted);

test('the webhook refuses nothing that the rules allow, and for no other reason', () => {
  const refused = by('webhook');
  for (const kind of kindNames) expect(refused.filter((one) => one.kind === kind).length).toBeGreaterThanOrEqual(25);
  const said = refused.map((fixture) => {
    const { status, rules } = verdicts.get(fixture) ?? {};
    return [fixture.name, status, rules];
  });
  expect(said).toEqual(refused.map(({ name, denies }) => [name, statusOf(denies), denies]));
});

test('what is accepted is what the rules allow, or what the API server has fixed before anybody saw it', ({ skip }) => {
  const taken = by('taken');
  const fixed = taken.filter(({ denies }) => denies.length > 0);
  expect(taken.length - fixed.length).toBeGreaterThan(150);
  note(
    'corpus',
    `- ${all.length} fixtures, created with \`dryRun=All\`: ${taken.length} taken, ${by('webhook').length} refused by the webhook for the very rules that judge them without a cluster, ${by('API server').length} refused by the API server before it.`,
  );
  const inCluster = fixturesOf('in a cluster');
  note(
    'corpus',
    `- ${inCluster.length} fixtures are not replayed here, since they are judged by what their own cluster has: ${[...new Set(inCluster.map(ruleOf))].join(', ')}.`,
  );
  note(
    'corpus',
    `- Of those taken, ${fixed.length} break a rule only as they are written: the API server drops or fills in what is wrong while it decodes:\n${literally(lines(fixed, ({ name }) => name))}`,
  );
  files.expect(
    skip,
    'fixed.txt',
    lines(fixed, ({ name, denies }) => `${name}: ${denies.join()}`),
  );
});

test('what the API server refuses by itself, though the rules allow it, is known', ({ skip }) => {
  const stricter = by('API server').filter(({ denies }) => denies.length === 0);
  const told = lines(stricter, (fixture) => `${fixture.name}: ${verdicts.get(fixture)?.text}`);
  note('corpus', `- The API server alone refuses ${stricter.length} that the rules allow:\n${literally(told)}`);
  files.expect(skip, 'stricter.txt', told);
});

test.for(kindNames)('who refuses first, by rule: %s', (kind, { skip }) => {
  const offending = all.filter((one) => one.kind === kind && one.denies.length > 0);
  const count = (rule: string, who: Verdict['by']) =>
    offending.filter((one) => one.rule === rule && verdicts.get(one)?.by === who).length;
  const judging = rules.filter((rule) => all.some((one) => one.rule === rule && one.kind === kind));
  const rows = judging.map((rule) => {
    const [server, webhook, taken] = [count(rule, 'API server'), count(rule, 'webhook'), count(rule, 'taken')];
    return `| \`${rule}\` | ${server} | ${webhook} | ${taken} |`;
  });
  const table = [
    '| rule | refused by the API server first | refused by the webhook | fixed by the API server |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  if (kind === 'Endpoints')
    note(
      'rules',
      'Fixtures of the corpus that break a rule, and who refuses them. Mutating webhooks, then the API server’s own validation, then validating webhooks: what both would refuse, the API server refuses.',
    );
  note('rules', `\n${kind}:\n\n${table}`);
  files.expect(skip, `first${suffixes[kind]}.md`, `${table}\n`);
});

test('kubectl prints, for each rule and kind, what stands in the golden files', ({ skip }) => {
  const texts = new Map<string, string>();
  for (const [fixture, { code, out, err }] of printed) {
    const who = verdicts.get(fixture)?.by;
    expect([fixture.name, code]).toEqual([fixture.name, who === 'taken' ? 0 : 1]);
    const text = `${err}${out}`.replaceAll(namespace, 'NAMESPACE').replace('"adopting.services.', '"services.'); // both webhooks refuse external IPs
    expect(/ \[(?:endpoints-webhook: )?[a-z-]+\]$/m.test(text), text).toBe(who !== 'API server');
    texts.set(`${fixture.rule}${suffixes[fixture.kind]}.${who === 'API server' ? 'api-server' : 'webhook'}.txt`, text);
    note('texts', `\`${fixture.name}\`${who === 'API server' ? ', by the API server' : ''}:\n${literally(text)}`);
  }
  for (const [name, text] of texts) files.expect(skip, name, text);
  files.expectNoOther(skip);
});

function lines(of: readonly Fixture[], line: (fixture: Fixture) => string): string {
  return of.map((fixture) => `${line(fixture)}\n`).join('');
}

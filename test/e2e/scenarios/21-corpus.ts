import { beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { golden } from '../support/golden.ts';
import { kubectl } from '../support/kubectl.ts';
import { tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { guarding, install } from '../support/release.ts';
import { literally, note } from '../support/report.ts';
import { replay, type Specimen, specimens, type Verdict } from '../support/specimens.ts';

// The release under test has the documented rules: specimens with a policy of their own need a release of their own.
const all = specimens().filter(({ policy }) => policy === undefined);
const rules = [...new Set(all.map(({ rule }) => rule))].sort();
const verdicts = new Map<Specimen, Verdict>();
let namespace: string;
let files: ReturnType<typeof golden>;

beforeAll(async () => {
  await install();
  namespace = await freshNamespace('corpus');
  await guarding(namespace);
  const { major, minor } = (await api().get('/version')).body as { major?: string; minor?: string };
  files = golden(`${major}.${minor?.replace(/\D/g, '')}`);
  for (const specimen of all) verdicts.set(specimen, await replay(specimen, namespace));
});

const by = (wanted: Verdict['by']) => all.filter((specimen) => verdicts.get(specimen)?.by === wanted);

test('the webhook refuses nothing that the documented rules allow, and for no other reason', () => {
  const refused = by('webhook');
  expect(refused.length).toBeGreaterThanOrEqual(30);
  const said = refused.map((specimen) => [specimen.name, verdicts.get(specimen)?.rules]);
  expect(said).toEqual(refused.map(({ name, denies }) => [name, denies]));
});

test('what is taken is what the rules allow, or what the API server has mended before anybody saw it', () => {
  const taken = by('taken');
  const mended = taken.filter(({ denies }) => denies.length > 0);
  expect(taken.length - mended.length).toBeGreaterThan(90);
  files.expect(
    'mended.txt',
    lines(mended, ({ name, denies }) => `${name}: ${denies.join()}`),
  );
  note(
    'corpus',
    `- ${all.length} specimens, created with \`dryRun=All\`: ${taken.length} taken, ${by('webhook').length} refused by the webhook for the very rules that judge them without a cluster, ${by('API server').length} refused by the API server before it.`,
  );
  note(
    'corpus',
    `- Of those taken, ${mended.length} break a rule only as they are written: the API server drops or fills in what is wrong while it decodes:\n${literally(lines(mended, ({ name }) => name))}`,
  );
});

test('what the API server refuses by itself, though the rules allow it, is known', () => {
  const stricter = by('API server').filter(({ denies }) => denies.length === 0);
  const told = lines(stricter, (specimen) => `${specimen.name}: ${verdicts.get(specimen)?.text}`);
  files.expect('stricter.txt', told);
  note('corpus', `- The API server alone refuses ${stricter.length} that the rules allow:\n${literally(told)}`);
});

test('who refuses first, by rule', () => {
  const count = (rule: string, who: Verdict['by']) =>
    all.filter((one) => one.rule === rule && one.denies.length > 0 && verdicts.get(one)?.by === who).length;
  const rows = rules.map((rule) => {
    const [server, webhook, taken] = [count(rule, 'API server'), count(rule, 'webhook'), count(rule, 'taken')];
    return `| \`${rule}\` | ${server} | ${webhook} | ${taken} |`;
  });
  const table = [
    '| rule | refused by the API server first | refused by the webhook | mended by the API server |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  files.expect('first.md', `${table}\n`);
  note(
    'rules',
    `Specimens of the corpus that break a rule, and who refuses them. Mutating webhooks, then the API server’s own validation, then validating webhooks: what both would refuse, the API server refuses.\n\n${table}`,
  );
});

describe('kubectl prints', () => {
  const examples = () =>
    (['API server', 'webhook', 'taken'] as const).flatMap((who) =>
      rules.flatMap((rule) => by(who).find((one) => one.rule === rule && one.name.includes('/reject/')) ?? []),
    );

  test('for each rule, what stands in the golden files', async () => {
    for (const specimen of examples()) {
      const who = verdicts.get(specimen)?.by;
      if (who === 'taken' && specimen.denies.length > 0) continue;
      const flags = ['create', '--namespace', namespace, '--dry-run=server', '--filename', '-'];
      const { code, out, err } = await kubectl(flags, { as: tenant, input: specimen.text });
      expect([specimen.name, code]).toEqual([specimen.name, who === 'taken' ? 0 : 1]);
      const text = `${err}${out}`;
      expect(/ \[(?:endpoints-webhook: )?[a-z-]+\]$/m.test(text), text).toBe(who !== 'API server');
      files.expect(`${specimen.rule}.${who === 'API server' ? 'api-server' : 'webhook'}.txt`, text);
      note('texts', `\`${specimen.name}\`${who === 'API server' ? ', by the API server' : ''}:\n${literally(text)}`);
    }
    files.expectNoOther();
  });
});

function lines(of: readonly Specimen[], line: (specimen: Specimen) => string): string {
  return of.map((specimen) => `${line(specimen)}\n`).join('');
}

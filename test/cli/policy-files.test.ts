import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import { checkPolicy, explainPolicy, showPolicy } from '../../src/cli/policy-files.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { documentedRules } from '../../src/policy/rule-text.ts';
import { runCommand } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const head = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';
let files = 0;

function write(text: string, start = head): string {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, start + text);
  return file;
}

async function told(action: (io: Parameters<typeof showPolicy>[1]) => Promise<number>) {
  let out = '';
  const code = await action({ out: (text) => (out += text), err: () => {}, input: async () => '' });
  return { out, code };
}

const shown = async (...texts: readonly string[]) =>
  load(
    (
      await told((io) =>
        showPolicy(
          texts.map((text) => write(text)),
          io,
        ),
      )
    ).out,
  ) as Record<string, never>;
const digestOf = async (...texts: readonly string[]) =>
  (
    await told((io) =>
      checkPolicy(
        texts.map((text) => write(text)),
        io,
      ),
    )
  ).out.split('digest ')[1];

describe('several files', () => {
  test('maps are merged key by key, lists and other values are replaced whole', async () => {
    const base =
      'mode: audit\nrules:\n  forbidden-network: {networks: [10.0.0.0/8], presets: [private]}\n  protocol: {enforcement: warn}\n';
    const cluster = 'rules:\n  forbidden-network: {networks: [192.168.0.0/16]}\nmode: enforce\n';
    const site = 'rules: {protocol: {allowed: [TCP]}}\n';
    expect(await shown(base, cluster, site)).toMatchObject({
      mode: 'enforce',
      rules: {
        'forbidden-network': { enforcement: 'deny', networks: ['192.168.0.0/16'], presets: ['private'] },
        protocol: { enforcement: 'warn', allowed: ['TCP'] },
      },
    });
  });

  test('a list that a later one empties is empty, and what it says nothing of stays', async () => {
    const base = 'rules: {forbidden-port: {ports: [TCP/22]}}\ndefaults: {pack-subsets: {enabled: false}}\n';
    expect(await shown(base, 'rules: {forbidden-port: {ports: []}}\n')).toMatchObject({
      rules: { 'forbidden-port': { ports: [] } },
      defaults: { 'pack-subsets': { enabled: false } },
    });
  });

  test('entries of namespaces and exempt are those of all, in the order of the files', async () => {
    const entries = (name: string) =>
      `namespaces: [{match: [${name}], rules: {}}]\nexempt: [{namespaces: [${name}]}]\n`;
    const { namespaces, exempt } = await shown(entries('a'), 'mode: enforce\n', entries('b'));
    expect(namespaces).toEqual(['a', 'b'].map((name) => ({ match: [name], rules: {} })));
    expect(exempt).toEqual(['a', 'b'].map((name) => ({ namespaces: [name] })));
  });

  test('have the digest of one file that says the same', async () => {
    const [base, over] = ['rules: {protocol: {enforcement: warn}}\n', 'mode: audit\n'];
    const digest = await digestOf(base, over);
    expect(digest).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await digestOf(`${base}${over}`)).toBe(digest);
    expect(await digestOf(base)).not.toBe(digest);
  });

  test('mistakes are named in each file, with their places', async () => {
    const bad = [write('mode: audi\n'), write('rules: {protocl: {}}\n'), write('', 'kind: Policy\n')];
    const error = await checkPolicy([...bad, write('')], { out() {}, err() {}, input: async () => '' }).catch(
      (one) => one,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error.lines).toEqual([
      expect.stringContaining(`${bad[0]}:3:7: mode: "audi" is not allowed here, did you mean audit?`),
      expect.stringContaining(`${bad[1]}:3:9: rules.protocl: "protocl" is not known here, did you mean protocol?`),
      `${bad[2]}:1:1: apiVersion: is missing: write endpoints-webhook.io/v1alpha1`,
    ]);
  });

  test('one that is larger than a ConfigMap is not read', async () => {
    const large = write(`# ${'x'.repeat(1024 * 1024)}\n`);
    await expect(showPolicy([large], { out() {}, err() {}, input: async () => '' })).rejects.toThrow(
      `cannot read ${large}: it has more than 1048576 bytes`,
    );
  });
});

test('what is shown is a policy file that says the same', async () => {
  const { out } = await told((io) => showPolicy([write('rules: {forbidden-port: {ports: [TCP/22]}}\n')], io));
  const again = await told((io) => showPolicy([write(out, '')], io));
  expect(again.out).toBe(out);
});

describe('explain', () => {
  const explained = (id: string | undefined, text = '') => told((io) => explainPolicy(id, [write(text)], io));

  test.each(documentedRules)('$id', async ({ id, title, remedy, source, enforcement }) => {
    const { out, code } = await explained(id);
    expect(code).toBe(0);
    for (const text of [
      `${id}: ${title}\n`,
      `remedy: ${remedy}\n`,
      `source: ${source.text}`,
      `default: ${enforcement}\n`,
    ])
      expect(out).toContain(text);
    expect(out).toContain(`  enforcement: ${enforcement}`);
  });

  test('parameters, and what the policy says', async () => {
    const policy = `mode: audit
rules: {forbidden-network: {networks: [10.0.0.0/8]}}
namespaces: [{match: [legacy-*], rules: {forbidden-network: {enforcement: warn}}}]
exempt: [{users: [bob]}, {users: [eve], rules: [protocol]}]
`;
    const { out } = await explained('forbidden-network', policy);
    expect(out).toMatch(/^ {2}networks: .* Default: \[\]$/m);
    expect(
      out.split(' says:\n')[1],
    ).toBe(`  enforcement: deny, networks: ["10.0.0.0/8"], presets: ["cloud-metadata"], nat64Prefixes: []
  in namespaces legacy-*: enforcement: warn
  exempt: {"users":["bob"]}
  mode: audit, so that it is audited at most
  authorization.wildcards: count
`);
  });

  test('all of them in short', async () => {
    const policy =
      'rules: {protocol: {enforcement: warn}}\nnamespaces: [{match: [a], rules: {port-range: {enforcement: none}}}]\n';
    const { out } = await explained(undefined, policy);
    expect(out.split('\n').slice(0, -3)).toHaveLength(documentedRules.length);
    expect(out).toMatch(/^protocol +warn {3}\S/m);
    expect(out).toMatch(/^port-range +deny \* \S/m);
  });

  test('a rule that there is not', () =>
    expect(explained('protocl')).rejects.toThrow(
      'there is no rule "protocl", did you mean protocol? One of well-formed,',
    ));
});

test('the command line itself', { timeout: 120_000 }, async () => {
  const [good, bad] = [write('mode: audit\n'), write('mode: audi\n')];
  const run = (...words: readonly string[]) => runCommand(['policy', ...words], { timeout: 60_000 });
  const valid = await run('check', good);
  expect(valid).toEqual({
    code: 0,
    out: expect.stringMatching(/^.*: valid, mode audit, digest [0-9a-f]{64}\n$/),
    err: '',
  });
  const refused = await run('check', good, bad);
  expect(refused).toEqual({ code: 2, out: '', err: expect.stringContaining(`${bad}:3:7: mode: "audi"`) });
  const explained = await run(
    'explain',
    'protocol',
    '--policy',
    write('rules: {protocol: {enforcement: none}}\n'),
    '--policy',
    good,
  );
  expect(explained).toMatchObject({ code: 0, err: '' });
  expect(explained.out).toContain('  enforcement: none, allowed: ["TCP","UDP"]\n  mode: audit');
});

test.each([
  ['unknown keys', `rules:\n${Array.from({ length: 3_000 }, (_, i) => `  rule-${i}: {}\n`).join('')}`],
  ['bad values', `exempt:\n${'- users: []\n'.repeat(3_000)}`],
])('of very many %s some are told', async (_, text) => {
  const error = await told((io) => checkPolicy([write(text)], io)).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) throw new Error('it was not refused');
  expect(error.lines).toHaveLength(1001);
  expect(error.lines.at(-1)).toMatch(/: has more than 1000 mistakes: mend these first$/);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../src/manifests/yaml-source.ts';
import { type RefusedCase, refusedValues, unknownFields } from '../../support/refused.ts';
import { api } from '../support/api.ts';
import { kubernetes } from '../support/minor.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { uninstall } from '../support/release.ts';
import { generateObjects } from '../support/replay/objects.ts';
import { type Replayed, replay } from '../support/replay/replay.ts';
import { ask } from '../support/replay/verdicts.ts';
import { note } from '../support/report.ts';

// No webhook is installed: what is refused is refused by the API server itself. E2E_SEED repeats a run with its objects.

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
const count = 500;
const seed = Number(process.env.E2E_SEED ?? Date.now() % 1_000_000_000);
const newest = needs(kubernetes.minor >= 37, 'older API servers take addresses, and say things, that differ from 1.37');
let namespace: string;
let replayed: readonly Replayed[];

beforeAll(async () => {
  await uninstall().catch(() => {}); // of what another file has left over
  namespace = await freshNamespace('replay');
  replayed = await replay(generateObjects(count, seed), namespace, (policy) => {
    const file = join(folder, 'policy.json');
    writeFileSync(file, JSON.stringify(policy));
    return file;
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What we refuse in every policy, though an API server takes it: names that some programs take for addresses. */
const isOfNumber = (line: string) => /^well-formed: .* ends in a number, so that some programs take it/.test(line);

/** What an API server refuses only because `hints.forNodes`, which check knows, is younger than it. */
const isOfNewerField = ({ answer }: Replayed) =>
  / strict decoding error: (?:unknown field "endpoints\[\d+\]\.hints\.forNodes"(?:, )?)+$/.test(answer);
const judgedAlike = () => replayed.filter((one) => !isOfNewerField(one));

describe(`${count} generated slices and Endpoints, seed ${seed}`, () => {
  test('without our rules, check refuses what the API server refuses', () => {
    expect(judgedAlike().filter(({ refused, alone }) => refused && alone.length === 0)).toEqual([]);
  });

  test('without our rules, check takes what the API server takes', newest, () => {
    expect(replayed.filter(({ refused, alone }) => !refused && !alone.every(isOfNumber))).toEqual([]);
  });

  test('nothing that the API server refuses is green with our rules', () => {
    expect(judgedAlike().filter(({ refused, byRules }) => refused && byRules.length === 0)).toEqual([]);
  });

  test('what the API server takes is red by a rule of ours only', newest, () => {
    const malformed = (told: readonly string[]) =>
      told.some((line) => line.startsWith('well-formed: ') && !isOfNumber(line));
    expect(replayed.filter(({ refused, byRules }) => !refused && malformed(byRules))).toEqual([]);
  });

  test('they are of both verdicts', () => {
    const refused = judgedAlike().filter((one) => one.refused).length;
    expect(refused).toBeGreaterThan(count / 5);
    expect(refused).toBeLessThan((count * 4) / 5);
    note(
      'corpus',
      `- ${count} generated objects (seed ${seed}): the API server and \`check\` refuse the same ${refused}.`,
    );
  });
});

const refusedCases = [...unknownFields, ...refusedValues];
/** Why an older API server takes one of them. 1.33 has `hints.forNodes` behind a feature gate and drops it; before, it is an unknown field. */
const takenBecause: Readonly<Record<string, string | false>> = {
  'an IPv6 address that is not canonical': kubernetes.minor < 37 && 'older API servers take it',
  'an empty name of a node in a hint': kubernetes.minor === 33 && 'Kubernetes 1.33 drops hints.forNodes unread',
};
const askAbout = ({ kind, text }: RefusedCase) =>
  ask(api(), { kind, object: [...parseDocuments(text)][0]?.value }, namespace);

test.for(refusedCases)('the API server refuses: $title', async (refused, { skip }) => {
  const reason = takenBecause[refused.title];
  skip(Boolean(reason), reason || undefined);
  expect((await askAbout(refused)).status).toBeGreaterThanOrEqual(400);
});

describe('what it says', newest, () => {
  test.each(refusedCases)('of: $title', async (refused) => {
    expect((await askAbout(refused)).message).toContain(refused.server);
  });
});

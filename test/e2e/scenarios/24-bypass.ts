import { beforeAll, expect, test } from 'vitest';
import type { As } from '../support/api.ts';
import { type Attack, make } from '../support/attack.ts';
import { placementAttacks } from '../support/attacks/placement.ts';
import { nameAttacks, spellingAttacks } from '../support/attacks/spelling.ts';
import { unusedAttacks } from '../support/attacks/unused.ts';
import { writingAttacks } from '../support/attacks/writing.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { note } from '../support/report.ts';

// Every way that we could think of to get a forbidden target past us. Found another one? Add it here before you close it.

const attacks: readonly Attack[] = [
  ...spellingAttacks,
  ...nameAttacks,
  ...placementAttacks,
  ...writingAttacks,
  ...unusedAttacks,
];

let guarded: Guarded;
let namespace: string;
let tenant: As;

beforeAll(async () => {
  guarded = await guard();
  ({ namespace, tenant } = await tenantNamespace('bypass'));
  const rows = attacks.map(
    ({ kind, title, refused = 'by whoever is first' }) => `| ${kind.kind} | ${title} | ${refused} |`,
  );
  note(
    'bypass',
    [
      `${attacks.length} attacks, each on a Service of its own: afterwards no slice that kube-proxy looks at led to the target.\n`,
      '| kind | attack | refused |',
      '| --- | --- | --- |',
      ...rows,
    ].join('\n'),
  );
});

test('each attack has a title of its own', () => {
  const titles = attacks.map(({ kind, title }) => `${kind.kind}: ${title}`);
  expect(titles).toEqual([...new Set(titles)]);
});

test.each(attacks)('$kind.kind, $title', async (attack) => {
  await make(attack, namespace, tenant, guarded.victim.pod);
});

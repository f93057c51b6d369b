import { describe, expect, test } from 'vitest';
import { type Authorities, trustBundle } from '../../src/certificates/authorities.ts';
import { issueAuthority } from '../../src/certificates/issue.ts';
import { applyStep, type Lifetimes, plan } from '../../src/certificates/plan.ts';

const hour = 3_600_000;
const day = 24 * hour;
const lifetimes: Lifetimes = { authority: 90 * day, serving: 7 * day, overlap: hour };
const start = new Date('2026-01-01T00:00:00Z');
const at = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const issue = (now = start) => issueAuthority('test', { now, lifetime: lifetimes.authority });
const [a, b, c] = await Promise.all([issue(), issue(), issue()]);
const both = trustBundle({ active: a, next: b, previous: [], rotate: false });
const none: Authorities = { previous: [], rotate: false };
const active: Authorities = { ...none, active: a };
const staged: Authorities = { ...active, next: b, stagedAt: start };
const promoted: Authorities = { ...none, active: b, previous: [a.certificate], promotedAt: start };

describe('the next step', () => {
  test.each([
    ['nothing is stored', none, [], 0, 'generate'],
    ['only a staged CA is left', { ...none, next: b }, [], 0, 'adopt'],
    ['a fresh CA', active, [a.certificate], 0, undefined],
    ['just before two thirds', active, [a.certificate], 60 * day - 1000, undefined],
    ['at two thirds', active, [a.certificate], 60 * day, 'stage'],
    ['a rotation is asked for', { ...active, rotate: true }, [a.certificate], 0, 'stage'],
    ['a rotation is asked for during one', { ...staged, rotate: true }, [both], 0, undefined],
    ['staged, and published everywhere, but not for long', staged, [both, both], hour - 1, undefined],
    ['staged long ago, and published everywhere', staged, [both, both], hour, 'promote'],
    ['staged long ago, but one configuration has not got it', staged, [both, a.certificate], day, undefined],
    ['staged long ago, but one configuration has lost its bundle', staged, [both, ''], day, undefined],
    ['staged, with no configuration left that sends anything', staged, [], hour, 'promote'],
    ['staged by a clock that is ahead of ours', { ...staged, stagedAt: at(1000) }, [both], 0, undefined],
    ['staged in a year that is nonsense', { ...staged, stagedAt: at(1000 * day) }, [both], 0, 'promote'],
    ['staged, at a time that was lost', { ...active, next: b }, [both], 0, 'promote'],
    ['promoted, and a leaf of the CA before may be alive', promoted, [both], 7 * day + hour - 1, undefined],
    ['promoted, and every leaf of the CA before is dead', promoted, [both], 7 * day + hour, 'retire'],
  ] as const)('%s', (_, authorities, published, after, expected) => {
    expect(plan({ authorities, published, defective: false, now: at(after) }, lifetimes)).toBe(expected);
  });

  test('what cannot be used is removed, once there is something to sign with', () => {
    const situation = { published: [], defective: true, now: start };
    expect(plan({ ...situation, authorities: active }, lifetimes)).toBe('fix');
    expect(plan({ ...situation, authorities: none }, lifetimes)).toBe('generate');
  });
});

describe('a step', () => {
  const circumstances = { now: at(hour), fresh: c, lastActive: undefined };

  test('generate trusts on what this process was signed by', () => {
    const { active: signer, previous } = applyStep('generate', none, { ...circumstances, lastActive: a.certificate });
    expect([signer, previous]).toEqual([c, [a.certificate]]);
    expect(applyStep('generate', none, circumstances).previous).toEqual([]);
  });

  test('generate does not trust on what has expired', () => {
    const later = { ...circumstances, now: at(91 * day), lastActive: a.certificate };
    expect(applyStep('generate', none, later).previous).toEqual([]);
  });

  test('a whole rotation trusts the old and the new CA while either may sign', () => {
    const before = applyStep('stage', { ...active, rotate: true }, { ...circumstances, fresh: b });
    expect(before).toEqual({ active: a, next: b, previous: [], stagedAt: at(hour), rotate: false });
    const after = applyStep('promote', before, circumstances);
    expect(after).toEqual({ active: b, previous: [a.certificate], promotedAt: at(hour), rotate: false });
    expect(trustBundle(after).split('END').length).toBe(trustBundle(before).split('END').length);
    const retired = applyStep('retire', after, circumstances);
    expect(retired).toEqual({ active: b, previous: [], promotedAt: at(hour), rotate: false });
    expect(trustBundle(retired)).toBe(b.certificate);
  });

  test('promote keeps who was trusted before', () => {
    const { previous } = applyStep('promote', { ...staged, previous: [c.certificate] }, circumstances);
    expect(previous).toEqual([c.certificate, a.certificate]);
  });

  test('adopt signs with the staged CA; fix and retire keep it', () => {
    expect(applyStep('adopt', { ...none, next: b }, circumstances)).toMatchObject({ active: b, previous: [] });
    expect(applyStep('fix', staged, circumstances)).toEqual(staged);
    expect(applyStep('retire', { ...staged, previous: [c.certificate] }, circumstances)).toEqual(staged);
  });
});

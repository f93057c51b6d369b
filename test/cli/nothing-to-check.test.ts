import { expect, test } from 'vitest';
import type { Outcome } from '../../src/cli/judge-manifests.ts';
import { leftOutText, nothingFound } from '../../src/cli/nothing-found.ts';
import type { LeftOut } from '../../src/manifests/manifest-files.ts';

const none: Outcome = { results: [], errors: [], files: 0, leftOut: [], objects: 0, skipped: 0, neverGuarded: 0 };
const left = (by: LeftOut['by'], what: LeftOut['what']): LeftOut => ({ by, what });

test.each<[readonly string[], Partial<Outcome>, string | undefined]>([
  [['-'], { files: 1 }, 'standard input is empty; see whether the command before it failed'],
  [['-'], { files: 1, skipped: 2 }, 'no Endpoints, EndpointSlices or Services among 2 objects in standard input; see'],
  [['a', '-'], { files: 2, skipped: 1 }, 'no Endpoints, EndpointSlices or Services among 1 object in 2 files; see'],
  [['a'], { files: 1 }, 'no objects in 1 file; name the files or folders that have them, or allow it'],
  [['a'], {}, 'no .yaml, .yml or .json file was found; name'],
  [['a'], { leftOut: [left('.gitignore', 'file')] }, 'was found, and left out are 1 file (.gitignore); name'],
  [['a'], { files: 1, objects: 1 }, undefined],
  [['a'], { files: 1, neverGuarded: 1 }, undefined],
])('%j, %j', (paths, outcome, text) => {
  const said = nothingFound(paths, { ...none, ...outcome });
  if (text === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(text);
});

test('what was left out is counted by what leaves it out', () => {
  const all = [
    left('.gitignore', 'file'),
    left('--exclude', 'file'),
    left('.gitignore', 'folder'),
    left('.gitignore', 'file'),
  ];
  expect(leftOutText(all)).toBe('1 file (--exclude), 2 files and 1 folder (.gitignore)');
  expect(leftOutText([])).toBe('');
});

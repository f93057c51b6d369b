import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { readEnvironment } from './environment.ts';
import { kubernetes } from './minor.ts';

// What a user reads of a refusal comes from the API server as often as from us, and changes with it: one folder for each minor.

/** The golden files of this minor version of Kubernetes. `E2E_UPDATE=1` writes them: read the diff, users will. */
export function golden(subject?: string) {
  const folder = ['test/e2e/golden', ...(subject ? [subject] : []), kubernetes.release].join('/');
  const { update } = readEnvironment();
  const compared = new Set<string>();
  const skipWithout = (skip: TestContext['skip']) =>
    skip(
      !update && !existsSync(folder),
      `there are no golden files for Kubernetes ${kubernetes.release}: E2E_UPDATE=1 npm run e2e writes them`,
    );

  return {
    /** Compares a text with the file of that name. Skips the test where this minor has none: let it be the last that a test does. */
    expect(skip: TestContext['skip'], name: string, text: string): void {
      skipWithout(skip);
      const file = `${folder}/${name}`;
      compared.add(name);
      if (update) write(file, text);
      expect(existsSync(file), `${file} is missing: E2E_UPDATE=1 npm run e2e writes it`).toBe(true);
      expect(text, `${file} says something else; E2E_UPDATE=1 npm run e2e writes it anew`).toBe(
        readFileSync(file, 'utf8'),
      );
    },
    /** That no file is left over that nothing was compared with. */
    expectNoOther(skip: TestContext['skip']): void {
      skipWithout(skip);
      const left = readdirSync(folder).filter((name) => !compared.has(name));
      if (update) for (const name of left) rmSync(`${folder}/${name}`);
      else expect(left, `left over in ${folder}`).toEqual([]);
    },
  };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

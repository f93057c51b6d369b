import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { readEnvironment } from './environment.ts';
import { note } from './report.ts';

// What a user reads of a refusal comes from the API server as often as from us, and changes with it: one folder for each minor.

/** The golden files of one minor version of Kubernetes. `E2E_UPDATE=1` writes them: read the diff, users will. */
export function golden(minor: string) {
  const folder = `test/e2e/golden/${minor}`;
  const { update } = readEnvironment();
  const compared = new Set<string>();
  if (!update && !existsSync(folder))
    note(
      'not run',
      `- Golden files: there are none for Kubernetes ${minor}; \`E2E_UPDATE=1 npm run e2e\` writes them.`,
    );

  return {
    /** Compares a text with the file of that name. */
    expect(name: string, text: string): void {
      const file = `${folder}/${name}`;
      compared.add(name);
      if (update) write(file, text);
      if (!existsSync(folder)) return;
      expect(existsSync(file), `${file} is missing: E2E_UPDATE=1 npm run e2e writes it`).toBe(true);
      expect(text, `${file} says something else; E2E_UPDATE=1 npm run e2e writes it anew`).toBe(
        readFileSync(file, 'utf8'),
      );
    },
    /** That no file is left over that nothing was compared with. */
    expectNoOther(): void {
      if (!existsSync(folder)) return;
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

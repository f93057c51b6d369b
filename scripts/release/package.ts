import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { Place, Release } from './release.ts';

/** Makes the npm package of what `npm run build` made. */
export function makePackage({ place, folder }: Release): string {
  const work = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const staged = join(work, 'staged');
    mkdirSync(staged);
    execFileSync('tar', ['-xzf', pack('.', work), '-C', staged, '--strip-components=1']);
    writeFileSync(join(staged, 'package.json'), `${JSON.stringify(publishedManifest(place), undefined, 2)}\n`);
    const packed = join(work, 'packed');
    mkdirSync(packed);
    const file = `${manifest.name}-npm-${manifest.version}.tgz`;
    renameSync(pack(staged, packed), join(folder, file));
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function pack(what: string, into: string): string {
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', into], {
    cwd: what,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [file] = globSync(join(into, '*.tgz'));
  if (file === undefined) throw new Error(`npm pack made no package of ${what}`);
  return file;
}

/** Without what only a clone needs. What the program depends on is in its files, so that nothing else is installed with it. */
export function publishedManifest(place?: Place): object {
  const { scripts, dependencies, devDependencies, allowScripts, ...published } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  if (place === undefined) return published;
  return {
    ...published,
    homepage: `${place.source}#readme`,
    repository: { type: 'git', url: `git+${place.source}.git` },
    bugs: { url: `${place.source}/issues` },
  };
}

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import lock from '../../../package-lock.json' with { type: 'json' };
import { billOf, made, platforms, rootOf } from '../files.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly expression: string }[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

/** The packages of whose code esbuild takes some when it follows the imports of the program, as name@version. */
async function imported(): Promise<readonly string[]> {
  const unused = ['body-parser', 'mime-types', 'qs', 'send', 'serve-static'];
  const alias = Object.fromEntries(unused.map((name) => [name, './scripts/no-package.cjs']));
  const to = { platform: 'node', format: 'cjs', minify: true, write: false, outdir: 'unused' } as const;
  // each file of the program by itself: together, esbuild leaves less out
  const entries = [['src/main.ts'], ['src/cluster/packages.ts'], ['src/server/judge-worker.ts']];
  const builds = entries.map((entryPoints) =>
    build({ ...to, bundle: true, entryPoints, external: ['*/packages.ts'], alias, metafile: true, logLevel: 'silent' }),
  );
  const outputs = (await Promise.all(builds)).flatMap(({ metafile }) => Object.values(metafile.outputs));
  const used = outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = used.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const packages: Partial<Record<string, { readonly version?: string }>> = lock.packages;
  return [...new Set(folders)].map((folder) => {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return `${name}@${packages[folder]?.version}`;
  });
}

const code = await imported();
const nameOf = ({ name, version }: Component) => `${name}@${version}`;

describe.each(['npm', ...platforms.map((platform) => `image-${platform}`)])('the bill of materials of %s', (what) => {
  const bill = billOf(what);
  const components: readonly Component[] = bill.components;

  test('says in CycloneDX 1.6 of what it is, and when the commit was made', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bill.metadata.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { component } = bill.metadata;
    expect([component.name, component.version]).toEqual([manifest.name, made.version]);
    const digest = made.image.platforms[what.replace('image-', '')];
    if (what !== 'npm') expect(component.purl).toContain(digest?.replace(':', '%3A'));
  });

  test('names each component once, with version, address and sum, and says that it is part of the whole', () => {
    const names = components.map((component) => component['bom-ref']);
    expect(new Set(names).size).toBe(names.length);
    for (const { purl, version, hashes } of components) {
      expect(purl).toMatch(/^pkg:(npm|deb\/debian)\/[^@]+@[^@]+$/);
      expect(version).not.toBe('');
      expect(hashes[0]?.content).toMatch(/^([0-9a-f]{64}|[0-9a-f]{128})$/);
    }
    expect(bill.dependencies).toEqual([{ ref: bill.metadata.component['bom-ref'], dependsOn: names }]);
  });

  test('has every package whose code is in the program, as package-lock.json pins it, with its license', () => {
    const packages = components.filter(({ purl, name }) => purl.startsWith('pkg:npm/') && name !== 'node');
    expect(packages.map(nameOf)).toEqual(expect.arrayContaining([...code]));
    expect(packages.filter(({ licenses }) => !licenses?.[0]?.expression).map(nameOf)).toEqual([]);
    const locked = Object.entries(lock.packages).map(
      ([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`,
    );
    expect(locked).toEqual(expect.arrayContaining(packages.map(nameOf)));
  });
});

describe.each(platforms)('the bill of materials of the image for %s', (architecture) => {
  const components: readonly Component[] = billOf(`image-${architecture}`).components;

  test('has Node, and the packages of Debian that the libraries come from', () => {
    const names = components.map(nameOf);
    expect(names).toContain(`node@${manifest.devDependencies.node}`);
    const libraries = globSync(join(rootOf(architecture), 'usr/lib/*-linux-gnu/*')).map((file) => basename(file));
    expect(libraries.length).toBeGreaterThan(8);
    const debian = components.filter(({ purl }) => purl.startsWith('pkg:deb/'));
    expect(debian.map(({ name }) => name).sort()).toEqual(
      ['ca-certificates', 'libatomic1', 'libc6', 'libgcc-s1', 'libstdc++6'].sort(),
    );
    for (const { purl } of debian) expect(purl).toMatch(new RegExp(`\\?arch=(all|${architecture})$`));
  });

  test('has what the licenses in the image are of', () => {
    const licenses = readFileSync(join(rootOf(architecture), 'licenses/THIRD_PARTY_LICENSES'), 'utf8');
    for (const { name, version } of components)
      expect(licenses).toContain(name === 'node' ? `Node.js ${version}` : `${name} ${version} (`);
  });
});

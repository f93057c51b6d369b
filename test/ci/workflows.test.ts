import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };

const files = globSync('.github/workflows/*');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly 'timeout-minutes'?: number;
}

const read = (file: string) => parse(readFileSync(file, 'utf8'));
const jobsOf = (file: string): readonly (readonly [string, Job])[] => Object.entries<Job>(read(file).jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(([, { steps = [] }]) => steps);

/** What a workflow runs that is not of this repository, as it is written, comment and all. */
function usedIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:- )?["']?uses["']?:\s*(.*)$/gm)]
    .map(([, used = '']) => used.trim())
    .filter((used) => !used.startsWith('./'));
}

/** By a commit, which nobody can change later, with the release that it is. */
const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

describe.each(files)('%s', (file) => {
  test('pins every action to a commit, and says of which release that is', () => {
    const used = usedIn(readFileSync(file, 'utf8'));
    expect(used.filter((action) => !pinned.test(action))).toEqual([]);
    const parsed = [...jobsOf(file).map(([, job]) => job.uses), ...stepsOf(file).map(({ uses }) => uses)];
    expect(parsed.filter((uses) => uses && !uses.startsWith('./'))).toHaveLength(used.length);
  });

  test('pins every image to a digest', () => {
    const images = [...readFileSync(file, 'utf8').matchAll(/(?:container: |kindest\/node:)(.*)$/gm)];
    for (const [image] of images) expect(image).toMatch(/:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  test('gives no job more rights than it says, nor time without end, nor leaves a token in the clone', () => {
    expect([{}, { contents: 'read' }]).toContainEqual(read(file).permissions);
    for (const [name, job] of jobsOf(file)) {
      if (job.uses === undefined) expect(job['timeout-minutes'], name).toBeGreaterThan(0);
      if (file.endsWith('release.yaml')) expect(job.permissions, name).toBeDefined();
    }
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false });
  });

  test('runs scripts that there are, and evaluates nothing in a shell that others may choose', () => {
    for (const { run = '' } of stepsOf(file)) {
      for (const [, script = ''] of run.matchAll(/npm run ([\w:-]+)/g))
        expect(manifest.scripts).toHaveProperty([script]);
      for (const [path] of run.matchAll(/(?<![\w./-])(?:\.ci|scripts|deploy)\/[\w./-]+/g))
        expect(existsSync(path), path).toBe(true);
      expect(run).not.toContain('${{');
    }
  });
});

test('an action by tag, by branch, by a short commit or without its release is not pinned', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  expect(`actions/checkout@${commit} # v7.0.1`).toMatch(pinned);
  for (const used of [
    'actions/checkout@v5',
    'actions/checkout@main',
    'actions/checkout@0123456 # v7.0.1',
    `actions/checkout@${commit}`,
    `actions/checkout@${commit} # v7`,
    'docker://alpine:3',
  ])
    expect(usedIn(`      - uses: ${used}\n`).filter((action) => pinned.test(action))).toEqual([]);
});

describe('a release', () => {
  const file = '.github/workflows/release.yaml';
  const jobs = new Map(jobsOf(file));

  /** All that must have passed before a job begins. */
  function neededBy(name: string): readonly string[] {
    const { needs = [] } = jobs.get(name) ?? {};
    const direct = typeof needs === 'string' ? [needs] : needs;
    return [...new Set(direct.flatMap((need) => [need, ...neededBy(need)]))].sort();
  }

  test('begins with a tag of a version, and with nothing else', () => {
    expect(read(file).on).toEqual({ push: { tags: ['v*'] } });
    expect(neededBy('ready')).toEqual([]);
  });

  test('pushes nothing before versions agree and all tests have passed, and announces nothing that was not installed', () => {
    expect(neededBy('push')).toEqual(['ci', 'e2e', 'make', 'ready']);
    expect(neededBy('npm')).toEqual(['ci', 'e2e', 'install', 'make', 'push', 'ready']);
    expect(neededBy('announce')).toEqual(['ci', 'e2e', 'install', 'make', 'npm', 'push', 'ready']);
  });

  test('lets one job write packages, one write the release, and those that sign identify themselves', () => {
    const writers = (right: string) =>
      [...jobs].flatMap(([name, { permissions = {} }]) => (permissions[right] === 'write' ? [name] : []));
    expect(writers('packages')).toEqual(['push']);
    expect(writers('contents')).toEqual(['announce']);
    expect(writers('id-token')).toEqual(['push', 'npm']);
    expect(writers('attestations')).toEqual(['push']);
  });

  test('is made in the image in which the Dockerfile builds, and installed into the newest Kubernetes of the e2e suite', () => {
    const [, base] = /^ARG BUILD_IMAGE=(\S+)$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(jobs.get('make')?.container).toBe(base);
    const [newest] = read('.github/workflows/e2e.yaml').jobs.kind.strategy.matrix.node;
    expect(readFileSync(file, 'utf8')).toContain(`KIND_NODE_IMAGE: ${newest}\n`);
  });
});

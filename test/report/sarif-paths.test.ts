import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';

const denied = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sarif-paths-')));
  const files = {
    ...{ 'repo/.git/HEAD': '', 'repo/k8s/a.yaml': denied, 'repo/k8s/é #?%.yaml': denied, 'repo/app/-': denied },
    ...{ 'repo/sub/.git': 'gitdir: ../.git/modules/sub\n', 'repo/sub/b.yaml': denied },
    ...{ 'tree/.git': 'gitdir: ../repo/.git/worktrees/tree\n', 'tree/c/c.yaml': denied, 'plain/d.yaml': denied },
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  symlinkSync('../../plain', join(folder, 'repo/k8s/plain'));
  symlinkSync('sub', join(folder, 'repo/link'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function uris(cwd: string, words: readonly string[], input = ''): Promise<readonly string[]> {
  const { out } = await runCommand(['check', '--output', 'sarif', ...words], { cwd: join(folder, cwd), input });
  const [{ results, invocations }] = JSON.parse(out).runs;
  const told: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] = [
    ...results,
    ...invocations[0].toolExecutionNotifications,
  ];
  return told.flatMap(({ locations }) =>
    locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
  );
}

test.each([
  ['a file beside the working directory', 'repo/app', ['../k8s/a.yaml'], ['k8s/a.yaml']],
  ['a file below it', 'repo/k8s', ['a.yaml'], ['k8s/a.yaml']],
  ['one that cannot be read', 'repo/app', ['../k8s/none.yaml', 'none.yaml'], ['k8s/none.yaml', 'app/none.yaml']],
  ['standard input', 'repo/app', ['-'], ['stdin']],
  ['a file that is called -', 'repo/app', ['./-'], ['app/-']],
  ['a file of a submodule', 'repo/app', ['../sub/b.yaml'], ['sub/b.yaml']],
  ['the same from inside of it', 'repo/sub', ['b.yaml'], ['b.yaml']],
  ['a worktree', 'tree/c', ['c.yaml'], ['c/c.yaml']],
  ['a file of another repository', 'repo/app', ['../../tree/c/c.yaml'], ['c/c.yaml']],
  ['the repository of a file, from outside of any', '.', ['repo/k8s/a.yaml'], ['k8s/a.yaml']],
  ['no repository: the working directory', 'plain', ['./d.yaml'], ['d.yaml']],
  ['what is not for a URI', 'repo', ['k8s/é #?%.yaml'], ['k8s/%C3%A9%20%23%3F%25.yaml']],
  ['a linked folder of the repository, by its own name', 'repo', ['link/b.yaml'], ['sub/b.yaml']],
  ['a linked folder outside, by the name of the link', 'repo/app', ['../k8s/plain/d.yaml'], ['k8s/plain/d.yaml']],
  ['.. after a link', 'repo', ['link/../k8s/a.yaml'], ['k8s/a.yaml']],
  ['--sarif-root', 'repo/app', ['../k8s/a.yaml', '--sarif-root', '../k8s'], ['a.yaml']],
])('paths are those of the repository: %s', async (_, cwd, words, expected) => {
  expect(await uris(cwd, words, denied)).toEqual(expected);
});

test.each([
  ['of any repository', 'repo/app', []],
  ['of --sarif-root', '.', ['--sarif-root', 'repo']],
])('a file outside %s has an absolute URI, without ..', async (_, cwd, words) => {
  const file = join(folder, 'plain/d.yaml');
  expect(await uris(cwd, [file, ...words])).toEqual([pathToFileURL(file).href]);
});

test('an absolute path is one of the repository, too', async () => {
  expect(await uris('repo/app', [join(folder, 'repo/k8s/a.yaml')])).toEqual(['k8s/a.yaml']);
});

test('a --sarif-root that is no folder is refused', async () => {
  const words = ['check', '-', '--output', 'sarif', '--sarif-root', 'none'];
  const { code, out, err } = await runCommand(words, { cwd: folder, input: denied });
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: 'endpoints-webhook: --sarif-root: none is no folder\n' });
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEnvironment } from './environment.ts';
import { folder } from './folder.ts';
import { release } from './names.ts';
import { run, succeeded } from './program.ts';

/** The commands of a section of docs/upgrade.md, block by block, for our release and chart. */
export function documented(section: string): readonly string[] {
  const [, text = ''] = readFileSync('docs/upgrade.md', 'utf8').split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const { name, fullname, namespace } = release();
  const upgrade = `helm upgrade ${name} ${resolve(readEnvironment().chart)} --namespace ${namespace}`;
  return [...own.matchAll(/```sh\n([^`]*)```/g)].map(([, commands = '']) =>
    commands
      .replaceAll('helm upgrade …', upgrade)
      .replaceAll('--namespace endpoints-webhook', `--namespace ${namespace}`)
      .replaceAll('endpoints-webhook-endpoints', `${fullname}-endpoints`),
  );
}

/** Runs commands where the files of the report are. */
export async function follow(commands: string): Promise<void> {
  succeeded(await run('bash', ['-e', '-o', 'pipefail', '-c', `cd "$0"\n${commands}`, folder], '', 300_000), commands);
}

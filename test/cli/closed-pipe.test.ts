import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inherited } from '../support/webhook.ts';

/** A command whose reader leaves before it writes, as `head` may. */
async function runUnread(words: readonly string[], stream: 'stdout' | 'stderr') {
  const child = spawn(process.execPath, ['src/main.ts', ...words], { env: inherited });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  child[stream].destroy();
  const [code] = await once(child, 'close');
  return { code, err };
}

test.each(['manifests validating-admission-policy', '--help', 'check --output json test/corpus/port-range'])(
  '%s ends quietly when nobody reads its output',
  async (words) => {
    expect(await runUnread(words.split(' '), 'stdout')).toEqual({ code: 141, err: '' });
  },
);

test('a command ends quietly when nobody reads its errors', async () => {
  expect(await runUnread(['check', 'nowhere.yaml'], 'stderr')).toEqual({ code: 141, err: '' });
});

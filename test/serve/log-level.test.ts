import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { clientOf, createReview, spawnServe, startWebhook } from '../support/webhook.ts';

function createFile() {
  const folder = mkdtempSync(join(tmpdir(), 'log-level-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'level');
  return { file, write: (text: string) => writeFileSync(file, text), remove: () => rmSync(file, { recursive: true }) };
}

async function start(logLevelFile: string) {
  const webhook = await startWebhook({ logLevelFile });
  onTestFinished(() => webhook.running.close());
  /** Whether an allowed review is logged. */
  const isTalkative = async () => {
    const review = createReview();
    await webhook.ask('/validate', review);
    return webhook.lines.some(({ uid }) => uid === review.request.uid);
  };
  const messages = () => webhook.lines.map(({ msg }) => msg);
  return { ...webhook, isTalkative, messages };
}

test('the file decides while it holds a level, and the flag without it', async () => {
  const { file, write, remove } = createFile();
  const { running, lines, isTalkative } = await start(file);
  expect(await isTalkative()).toBe(false);
  write('debug\n');
  running.readAnew();
  expect(await isTalkative()).toBe(true);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 30, logLevel: 'debug', replaced: 'info', msg: 'the log level has changed' }),
  );
  for (const leave of [remove, () => write(' \n')]) {
    write('debug');
    running.readAnew();
    leave();
    running.readAnew();
    expect(await isTalkative()).toBe(false);
  }
});

test('the file counts from the start, and a change of it is told at any level', async () => {
  const { file, write } = createFile();
  write('silent');
  const { running, lines } = await start(file);
  write('fatal');
  running.readAnew();
  expect(lines.filter(({ logLevel }) => logLevel)).toMatchObject([
    { logLevel: 'silent', replaced: 'info' },
    { logLevel: 'fatal', replaced: 'silent' },
  ]);
});

test.each([
  ['another word', 'loud', 'holds "loud": write one of fatal, error, warn, info, debug, trace, silent'],
  ['what hides something', 'de\u202ebug', 'holds "de\\u202ebug": write one of '],
  ['too much', 'debug\n'.repeat(200), 'has more than 1024 bytes: write one of '],
  ['a folder', undefined, 'is no regular file'],
])('%s leaves the level as it is, and is told once', async (_, text, problem) => {
  const { file, write, remove } = createFile();
  write('debug');
  const { running, lines, isTalkative } = await start(file);
  if (text === undefined) {
    remove();
    mkdirSync(file);
  } else write(text);
  for (let i = 0; i < 3; i++) running.readAnew();
  expect(await isTalkative()).toBe(true);
  expect(lines.filter(({ level }) => level === 50)).toEqual([
    expect.objectContaining({
      file,
      problem: expect.stringContaining(`${file} ${problem}`),
      msg: 'cannot use the log level: going on with the old one',
    }),
  ]);
});

test('a file that is no level keeps nobody from starting', async () => {
  const { file, write } = createFile();
  write('loud');
  const { isTalkative, messages } = await start(file);
  expect(await isTalkative()).toBe(false);
  expect(messages()).toContain('cannot use the log level: going on with the old one');
});

test('SIGHUP has it read', { timeout: 60_000 }, async () => {
  const { file, write } = createFile();
  const free = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];
  const { child, listening, ended } = spawnServe([...free, '--log-level-file', file]);
  const { operations } = clientOf({ ...(await listening), certificate: '' });
  let out = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  write('debug');
  child.kill('SIGHUP');
  await eventually(() =>
    expect(out).toContain('"logLevel":"debug","replaced":"info","msg":"the log level has changed"'),
  );
  expect((await operations.get('/livez')).status).toBe(200);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

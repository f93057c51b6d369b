import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { blocksOf } from '../docs/markdown.ts';

/** Types what docs/monitor.md gives to be typed, with this promtool. Returns what is wrong; empty where it ends with 0. */
export function typeMonitorPage(promtool: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
  const chart = resolve('charts/endpoints-webhook');
  const blocks = blocksOf('docs/monitor.md', 'sh').map(({ text }) =>
    text.replaceAll('charts/endpoints-webhook', chart),
  );
  const script = [
    'promtool() { command "$PROMTOOL" "$@"; }',
    ...blocks,
    'grep --quiet "alert: EndpointsWebhookDown" alerts.yaml',
  ];
  try {
    const options = { cwd: folder, env: { ...process.env, PROMTOOL: promtool }, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-e', '-o', 'pipefail', '-c', script.join('\n')],
      options,
    );
    return status === 0 ? '' : `${stdout}${stderr}ended with ${status}: it needs helm and promtool\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

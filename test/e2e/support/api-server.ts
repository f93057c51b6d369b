import { expect } from 'vitest';
import { api } from './api.ts';
import { run } from './program.ts';
import { until } from './until.ts';

/** Ends the API server by a shell command, which may take flags, and resolves when another one is ready. */
export async function restartApiServer(command: string, flags: readonly string[] = []): Promise<void> {
  const { code, out, err } = await run('bash', ['-c', `${command} "$@"`, 'bash', ...flags]);
  expect(code, out + err).toBe(0);
  await until('the API server is ready', isReady, { seconds: 90 });
}

async function isReady(): Promise<boolean> {
  return (
    (
      await api()
        .get('/readyz', { timeout: 2000 })
        .catch(() => undefined)
    )?.status === 200
  );
}

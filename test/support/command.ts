import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { inherited } from './webhook.ts';

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Milliseconds after which it is killed: its code is then `null`. */
  readonly timeout?: number;
}

/** `endpoints-webhook` as a process of its own. */
export function runCommand(words: readonly string[], { cwd, env, input = '', timeout = 20_000 }: Options = {}) {
  return new Promise<{ code: number | null; out: string; err: string }>((done) => {
    const options = { cwd, env: { ...inherited, ...env }, timeout, killSignal: 'SIGKILL' as const };
    const child = execFile(process.execPath, [resolve('src/main.ts'), ...words], options, (_, out, err) =>
      done({ code: child.exitCode, out, err }),
    );
    child.stdin?.end(input);
  });
}

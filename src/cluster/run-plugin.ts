import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { ClusterError } from './cluster-error.ts';
import type { Environment } from './credentials.ts';
import type { Plugin } from './plugin-entry.ts';

interface Run {
  /** Where a bare name is looked for: our own PATH, as kubectl does, not one that the plugin is given. */
  readonly path: string | undefined;
  readonly variables: Environment;
  /** Whether it may read from the terminal. */
  readonly interactive: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

const maxOutputBytes = 1024 * 1024;

/** What the plugin prints; its standard error is ours. Rejects with a ClusterError, also when it takes too long: it is ended then. */
export function runPlugin(plugin: Plugin, { path, variables, interactive, timeout }: Run): Promise<string> {
  const { place, command, args, installHint } = plugin;
  const file = locate(command, path);
  if (file === undefined) {
    const hint = installHint === undefined ? '' : `: ${installHint.replace(/\s+/g, ' ').trim()}`;
    throw new ClusterError(`the credential plugin ${command} of ${place} is not there, or cannot be executed${hint}`);
  }
  const child = spawn(file, args, {
    argv0: command,
    env: { ...variables },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    detached: !interactive, // a group of its own, to end whatever it starts; but only our group may read from the terminal
  });
  return new Promise((resolve, reject) => {
    const fail = (problem: string, cause?: unknown) => {
      clearTimeout(timer);
      end(child, !interactive);
      reject(new ClusterError(`the credential plugin ${command} of ${place} ${problem}`, { cause }));
    };
    const timer = setTimeout(() => fail(`did not end within ${timeout} ms`), timeout);
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxOutputBytes) fail(`printed more than ${maxOutputBytes} bytes`);
    });
    child.on('error', (cause) => fail(`cannot be run (${cause.message})`, cause));
    child.on('close', (code, signal) => {
      if (code !== 0) return fail(`failed with ${code === null ? signal : `exit code ${code}`}`);
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

/** The file of a command; `undefined` where there is none that may be executed. Nothing is taken from the current folder. */
function locate(command: string, path = ''): string | undefined {
  const folders = path.split(delimiter).filter(isAbsolute);
  const files = command.includes(sep) ? [command] : folders.map((folder) => join(folder, command));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

function end(child: ChildProcess, group: boolean): void {
  child.stdout?.destroy();
  child.unref();
  if (child.pid === undefined) return;
  try {
    process.kill(group ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

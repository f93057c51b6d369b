import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
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
  /** Is given what the plugin says on its standard error. */
  readonly tell: Tell;
}

/** Takes whole lines with their ends; what a plugin asks a person for may be less. Nothing of it is safe to print. */
export type Tell = (text: string) => void;

const maxOutputBytes = 1024 * 1024;

/** What the plugin prints. Rejects with a ClusterError, also when it takes too long: it is ended then. */
export function runPlugin(plugin: Plugin, { path, variables, interactive, timeout, tell }: Run): Promise<string> {
  const { place, command, args, installHint } = plugin;
  const file = locate(command, path);
  if (file === undefined) {
    const hint = installHint === undefined ? '' : `: ${installHint.replace(/\s+/g, ' ').trim()}`;
    throw new ClusterError(`the credential plugin ${command} of ${place} is not there, or cannot be executed${hint}`);
  }
  const child = spawn(file, args, {
    argv0: command,
    env: { ...variables },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
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
    if (child.stderr) tellLines(child.stderr, interactive, tell);
    child.on('exit', () => setTimeout(() => child.stderr?.destroy(), lastWordsMilliseconds)); // what it started may keep it open
    child.on('error', (cause) => fail(`cannot be run (${cause.message})`, cause));
    child.on('close', (code, signal) => {
      if (code !== 0) return fail(`failed with ${code === null ? signal : `exit code ${code}`}`);
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

/** How long what a plugin has said is read after its end. */
const lastWordsMilliseconds = 200;

/** How much of what a plugin says is told, and of a line that does not end, in characters. */
const [maxToldLength, maxLineLength] = [1024 * 1024, 4096];

/** A person sees a question before its line has ended. */
function tellLines(stream: Readable, interactive: boolean, tell: Tell): void {
  let left = maxToldLength;
  let line = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    if (left <= 0) return;
    const text = line + chunk.slice(0, left);
    left -= chunk.length;
    const end = interactive || text.length > maxLineLength ? text.length : text.lastIndexOf('\n') + 1;
    if (end > 0) tell(text.slice(0, end));
    line = text.slice(end);
  });
  stream.on('close', () => {
    if (line !== '') tell(`${line}\n`);
    if (left <= 0) tell(`\nthe credential plugin says more than ${maxToldLength} characters\n`);
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
  child.stderr?.destroy();
  child.unref();
  if (child.pid === undefined) return;
  try {
    process.kill(group ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

import { readFileSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { quote } from '../endpoints/quote.ts';
import { logLevels, type ServeOptions } from './serve-options.ts';

/** The level of the log while the process runs. */
export interface FollowedLogLevel {
  /** Reads the file at once, if there is one. */
  read(): void;
  close(): void;
}

const readingMilliseconds = 10_000;

/**
 * Has the log take the level that the file holds, now and whenever that changes; the one of the options while there is no such file, or it
 * is empty. Never fails: what is no level leaves the one that was there, and is logged.
 */
export function followLogLevel(
  log: Logger,
  { logLevel, logLevelFile }: Pick<ServeOptions, 'logLevel' | 'logLevelFile'>,
): FollowedLogLevel {
  if (logLevelFile === undefined) return { read() {}, close() {} };
  let problem: string | undefined;
  const read = () => {
    const found = readLevel(logLevelFile);
    if (found.problem !== undefined && found.problem !== problem)
      log.error({ file: logLevelFile, problem: found.problem }, 'cannot use the log level: going on with the old one');
    problem = found.problem;
    if (problem === undefined) change(log, found.level ?? logLevel);
  };
  read();
  const timer = setInterval(read, readingMilliseconds).unref();
  return { read, close: () => clearInterval(timer) };
}

/** The line about it is written at any level. */
function change(log: Logger, level: string): void {
  const replaced = log.level;
  if (level === replaced) return;
  log.level = level;
  log.child({}, { level: 'info' }).info({ logLevel: level, replaced }, 'the log level has changed');
}

/** No level is as long, and whoever writes a line or two more is told so. */
const maxBytes = 1024;

interface Read {
  readonly level?: string;
  readonly problem?: string;
}

/** Neither where there is no file, or an empty one. */
function readLevel(file: string): Read {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return {};
    if (!stat.isFile()) return { problem: `${file} is no regular file` };
    if (stat.size > maxBytes) return { problem: `${file} has more than ${maxBytes} bytes: write ${choices}` };
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') return {};
    const level = logLevels.find((known) => known === text);
    return level ? { level } : { problem: `${file} holds ${quote(text)}: write ${choices}` };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const choices = `one of ${logLevels.join(', ')}`;

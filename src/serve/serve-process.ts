import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { type DestinationStream, type Logger, pino } from 'pino';
import { visibleLines } from '../endpoints/visible.ts';
import type { RunningWebhook } from './serve.ts';
import { computeLimits } from './serve-limits.ts';
import { type Memory, memoryCosts } from './serve-memory.ts';
import type { ServeOptions } from './serve-options.ts';

/** How long the process may go on after an exception, besides `--shutdown-drain`: nobody else would end it. */
const maxDrainMilliseconds = 15_000;

/**
 * Serves until SIGTERM or SIGINT, or until an exception that nobody catches, then drains. A second one of the same kind ends the
 * process at once. Resolves to the exit code.
 */
export async function serveUntilEnd(options: ServeOptions, version: string): Promise<number> {
  const memory = measureMemory();
  const limits = { ...computeLimits(options, memory), judgeHeapBytes: memory.heap * memoryCosts.judgeHeapShare };
  let running: RunningWebhook | undefined;
  const signalled = waitForSignal(() => running); // from now on: a signal must not kill the process while it starts
  const { serve } = await import('./serve.ts');
  const started = await serve({ ...options, ...limits }, version, createLogDestination(), process.env);
  running = started;
  const failed = waitForFailure(started.log).then(() => {
    process.exitCode = 1;
    setTimeout(() => {
      started.log.fatal('draining takes too long: ending at once');
      process.exit(1);
    }, options.shutdownDrain + maxDrainMilliseconds).unref();
    return 1;
  });
  await Promise.race([signalled, failed]);
  await started.close();
  return Promise.race([failed, 0]);
}

function measureMemory(): Memory {
  const machine = totalmem();
  const constraint = process.constrainedMemory(); // 0, or more than the machine has, where there is no limit
  return { heap: getHeapStatistics().heap_size_limit, all: Math.min(constraint || machine, machine) };
}

/**
 * The first of SIGTERM and SIGINT. SIGHUP has the policy and the log level read; a terminal that closes ends nothing. Other signals are logged: SIGUSR1 opens
 * no inspector.
 */
function waitForSignal(running: () => RunningWebhook | undefined): Promise<void> {
  const log = () => running()?.log;
  process.on('SIGHUP', () => {
    log()?.info({ signal: 'SIGHUP' }, 'reading the policy and the log level anew');
    running()?.readAnew();
  });
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const)
    process.on(signal, () => log()?.warn({ signal }, 'going on: SIGTERM ends this process'));
  return new Promise((resolve) => {
    let signals = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (signals++ > 0) process.exit(1);
        log()?.info({ signal }, 'ending: draining, then answering what has arrived');
        resolve();
      });
  });
}

/** The first exception or rejection that nobody caught. */
function waitForFailure(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    let failures = 0;
    process.on('uncaughtException', (err, origin) => {
      const first = failures++ === 0;
      log.fatal(
        { err, origin },
        `uncaught exception: ${first ? 'draining, then ending with code 1' : 'ending at once'}`,
      );
      if (!first) process.exit(1);
      resolve();
    });
  });
}

/** Standard output, buffered; flushed every second and at the end. */
function createLogDestination(): DestinationStream & { flush(): void } {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 1000 });
  destination.on('error', () => {}); // whoever read the log is gone; serving goes on
  process.on('exit', () => {
    try {
      destination.flushSync();
    } catch {
      // nothing was ever opened, or nobody reads it
    }
  });
  return { write: (text) => destination.write(visibleLines(text)), flush: () => destination.flush() };
}

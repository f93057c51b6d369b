#!/usr/bin/env node
import { CommanderError } from 'commander';
import { pino } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { CertificateError } from './certificates/key-pair.ts';
import { ClusterError } from './cluster/cluster-error.ts';
import type { Io } from './commands/io.ts';
import { UsageError } from './commands/policy-file.ts';
import { createProgram } from './commands/program.ts';
import type { ServeOptions } from './commands/serve-options.ts';
import { printedLine, visibleLines } from './report/visible.ts';

const { version } = manifest;

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  ...(process.stderr.isTTY && { progress: (text: string) => process.stderr.write(`\r\u001b[K${text}`) }),
  async input() {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  },
};

/** Serves until SIGTERM or SIGINT; a second signal ends at once. */
async function runServe(options: ServeOptions): Promise<number> {
  const { serve } = await import('./commands/serve.ts');
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 1000 });
  destination.on('error', () => {}); // whoever read our log is gone; we serve on
  process.on('exit', () => {
    try {
      destination.flushSync();
    } catch {
      // nothing was ever opened, or nobody reads it
    }
  });
  const signalled = nextSignal(); // from now on: one that comes while it starts must not kill it
  const visibly = { write: (text: string) => destination.write(visibleLines(text)), flush: () => destination.flush() };
  const running = await serve(options, version, visibly);
  process.on('uncaughtException', (error) => {
    running.log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  const signal = await signalled;
  running.log.info({ signal }, 'ending: draining, then answering what has arrived');
  await running.close();
  return 0;
}

/** The first of SIGTERM and SIGINT; a further one ends the process at once. */
function nextSignal(): Promise<NodeJS.Signals> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  return new Promise((resolve) => {
    for (const signal of signals)
      process.once(signal, () => {
        for (const again of signals) process.on(again, () => process.exit(1));
        resolve(signal);
      });
  });
}

const program = createProgram(
  version,
  {
    serve: runServe,
    check: async (paths, options) => (await import('./commands/check.ts')).check(paths, options, version, io),
    audit: async (options) => (await import('./commands/audit.ts')).audit(options, version, io),
    floor: async (options) => (await import('./commands/floor.ts')).printFloor(options, io),
    demo: async () => (await import('./commands/demo.ts')).demo(version, io),
    probe: async (url, options) => (await import('./commands/probe.ts')).probe(url, options, io),
  },
  (code) => {
    process.exitCode = code;
  },
);

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const lines = linesOf(error);
    process.exitCode = lines ? 2 : 1;
    const [first, ...more] = lines ?? String(error instanceof Error ? error.stack : error).split('\n');
    for (const line of [`endpoints-webhook: ${first}`, ...more]) io.err(printedLine(line));
  }
});

/** What to say of an error that is not ours; `undefined` of one that is. */
function linesOf(error: unknown): readonly string[] | undefined {
  if (error instanceof UsageError) return error.lines;
  return error instanceof CertificateError || error instanceof ClusterError ? [error.message] : undefined;
}

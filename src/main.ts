#!/usr/bin/env node
import { CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { CertificateError } from './certificates/key-pair.ts';
import type { Io } from './cli/io.ts';
import { createProgram } from './cli/program.ts';
import { UsageError } from './cli/usage-error.ts';
import { ClusterError } from './cluster/cluster-error.ts';
import { printedLine, visible, visibleLines } from './endpoints/visible.ts';
import { decodeText } from './manifests/text-file.ts';

const { version } = manifest;

/** 128 + SIGPIPE, as a shell reports other tools whose reader left. Not 0: `check` has not said all that it found. */
const closedPipe = 141;

for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(closedPipe);
  });

const io: Io = {
  environment: process.env,
  out: (text) => process.stdout.write(visibleLines(text)),
  err: (text) => process.stderr.write(visibleLines(text)),
  ...(process.stderr.isTTY && { progress: (text: string) => process.stderr.write(`\r\u001b[K${visible(text)}`) }),
  async input() {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return decodeText(Buffer.concat(chunks));
  },
};

const program = createProgram(
  version,
  {
    serve: async (options) => (await import('./serve/serve-process.ts')).serveUntilEnd(options, version),
    check: async (paths, options) => (await import('./cli/check.ts')).check(paths, options, version, io),
    audit: async (options) => (await import('./cli/audit.ts')).audit(options, version, io),
    verify: async (options) => (await import('./cli/verify.ts')).verify(options, version, io),
    printAdmissionPolicies: async (options) =>
      (await import('./cli/admission-policy.ts')).printAdmissionPolicies(options, io),
    checkPolicy: async (files) => (await import('./cli/policy-files.ts')).checkPolicy(files, io),
    showPolicy: async (files) => (await import('./cli/policy-files.ts')).showPolicy(files, io),
    explainPolicy: async (rule, files) => (await import('./cli/policy-files.ts')).explainPolicy(rule, files, io),
    suggestPolicy: async (options) => (await import('./cli/policy-suggest.ts')).suggestPolicy(options, version, io),
    demo: async () => (await import('./demo/demo.ts')).demo(version, io),
    probe: async (url, options) => (await import('./demo/probe.ts')).probe(url, options, io),
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

/** What to tell the user, who can do something about it; `undefined` for an error of the program. */
function linesOf(error: unknown): readonly string[] | undefined {
  if (error instanceof UsageError) return error.lines;
  return error instanceof CertificateError || error instanceof ClusterError ? [error.message] : undefined;
}

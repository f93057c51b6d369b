import type { Command, Option } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runCommand } from '../support/command.ts';
import { expectHarmless, hostileArgument } from '../support/hostile.ts';

// Every flag of every command, as they are found in the program: a new one is tested here without a line of its own.

afterEach(() => vi.unstubAllEnvs());

const none = async () => 0;
const actions = {
  ...{ serve: none, check: none, audit: none, verify: none, printAdmissionPolicies: none },
  ...{ checkPolicy: none, showPolicy: none, explainPolicy: none, suggestPolicy: none, demo: none, probe: none },
};
const newProgram = () => createProgram('1.2.3', actions, () => {});

interface Leaf {
  readonly words: readonly string[];
  readonly options: readonly Option[];
}

function leavesOf(command: Command, words: readonly string[] = []): readonly Leaf[] {
  if (command.commands.length === 0) return [{ words, options: command.options }];
  return command.commands.flatMap((child) => leavesOf(child, [...words, child.name()]));
}

const leaves = leavesOf(newProgram());

/** What a command needs so that it ends by itself. */
const ending: Readonly<Record<string, readonly string[]>> = {
  serve: ['--port', '0', '--operations-port', '0', '--tls-cert-file', '/absent', '--tls-private-key-file', '/absent'],
  check: ['/absent.yaml'],
  audit: ['--kubeconfig', '/absent'],
  verify: ['--kubeconfig', '/absent'],
  'policy suggest': ['--kubeconfig', '/absent'],
  probe: ['https://127.0.0.1:1', '--ca-file', '/absent', '--timeout', '0s'],
};
const restOf = (words: readonly string[]) => ending[words.join(' ')] ?? [];

/** What the command line has against its words; `undefined` where it takes them. */
async function refusalOf(words: readonly string[]): Promise<string | undefined> {
  let written = '';
  const program = newProgram();
  const output = { writeOut: () => {}, writeErr: (text: string) => (written += text) };
  const configure = (command: Command) => {
    command.configureOutput(output);
    command.commands.forEach(configure);
  };
  configure(program);
  return program.parseAsync(['node', 'endpoints-webhook', ...words]).then(
    () => undefined,
    () => written,
  );
}

async function expectHarmlessProcess(words: readonly string[]) {
  const { code, out, err } = await runCommand(words);
  expect([0, 1, 2]).toContain(code);
  expectHarmless(out);
  expectHarmless(err);
}

const flags = leaves.flatMap(({ words, options }) =>
  options
    .filter(({ required }) => required)
    .map(({ long, envVar = '' }) => ({ what: `${words.join(' ')} ${long}`, words, long: String(long), envVar })),
);

describe.each(flags)('$what', ({ words, long, envVar }) => {
  test('as a flag', async () => {
    const all = [...words, ...restOf(words), long, hostileArgument];
    const refusal = await refusalOf(all);
    if (refusal === undefined) return expectHarmlessProcess(all);
    expectHarmless(refusal);
    expect(refusal).toMatch(/^error: [^\n]*\n$/);
  });

  test('as a variable', async () => {
    vi.stubEnv(envVar, hostileArgument);
    expectHarmless((await refusalOf([...words, ...restOf(words).filter((word) => word !== long)])) ?? '');
  });
});

test.each(leaves)('$words: what it does not know', async ({ words }) => {
  for (const unknown of [
    `--${hostileArgument}`,
    `--outpu\n(Did you mean ::error::a?)`,
    `--polic\n(Did you mean --a?)\n`,
  ]) {
    const refusal = (await refusalOf([...words, unknown])) ?? '';
    expectHarmless(refusal);
    expect(refusal).toMatch(/^error: [^\n]*\n(?:\(Did you mean --\w+\?\)\n)?$/);
  }
});

test('there are flags of every command', () => {
  expect(new Set(flags.map(({ words }) => words[0]))).toEqual(
    new Set(['serve', 'check', 'audit', 'verify', 'manifests', 'policy', 'probe']),
  );
});

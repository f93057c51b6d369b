import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], input = '', milliseconds = 180_000): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe', timeout: milliseconds });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, out, err, seconds: (performance.now() - began) / 1000 }));
    child.stdin.on('error', () => {}); // a program that refuses its flags reads nothing
    child.stdin.end(input);
  });
}

/** Of a program that must succeed. */
export function succeeded(outcome: Outcome, what: string): Outcome {
  if (outcome.code !== 0) throw new Error(`${what} ended with ${outcome.code}:\n${outcome.err}${outcome.out}`);
  return outcome;
}

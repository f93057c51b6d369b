import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A webhook in a process of its own, and what a cluster would know of it. */
export interface Replica {
  readonly address: string;
  /** Resolves when connections go to it. */
  readonly inService: Promise<void>;
  /** Resolves to the exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>;
  readonly child: ChildProcess;
}

const children = new Set<ChildProcess>();

/** However this process ends, nothing that it started is left. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

export function start(command: string, arguments_: readonly string[], stdio: 'pipe' | 'ignore'): ChildProcess {
  const child = spawn(command, arguments_, { stdio: [stdio, 'pipe', 'inherit'] });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

export interface Simulation {
  /** Milliseconds between two looks at readiness, and from there until connections go elsewhere. */
  readonly period: number;
  readonly propagation: number;
  /** Called when connections begin or cease to go to an address. */
  changed(address: string, inService: boolean): void;
}

/** Starts a webhook, and puts it into and out of service as its readiness says, as kubelet, controllers and kube-proxy do together. */
export async function startReplica(flags: readonly string[], simulation: Simulation): Promise<Replica> {
  const child = start(process.execPath, ['dist/endpoints-webhook.cjs', 'serve', ...flags], 'ignore');
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
  const { port, operationsPort } = await listening(child);
  const address = `127.0.0.1:${port}`;
  const inService = new Promise<void>((resolve) => {
    void watch(`http://127.0.0.1:${operationsPort}/readyz`, child, simulation, (ready) => {
      simulation.changed(address, ready);
      if (ready) resolve();
    });
  });
  return { address, inService, ended, child };
}

function listening(child: ChildProcess): Promise<{ port: number; operationsPort: number }> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const line = /^.*"msg":"listening".*\n/m.exec(out)?.[0];
      if (line) resolve(JSON.parse(line));
    });
    child.once('close', () => reject(new Error(`a webhook ended before it listened:\n${out}`)));
  });
}

/** Until the process is gone and everybody knows. */
async function watch(
  url: string,
  child: ChildProcess,
  { period, propagation }: Simulation,
  tell: (ready: boolean) => void,
) {
  let known = false;
  do {
    const ready = await isReady(url);
    if (ready !== known) setTimeout(tell, propagation, ready);
    known = ready;
    await sleep(period);
  } while (known || (child.exitCode === null && child.signalCode === null));
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

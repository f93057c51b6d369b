import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is scraped: a port of this machine, and the labels that Kubernetes would give its series. */
export interface Target {
  readonly job: string;
  readonly port: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A series of an answer, and its values; one where that is asked for one time. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}

/** A real Prometheus. */
export interface Prometheus {
  readonly url: string;
  /** What a query has at this time. Rejects with what Prometheus says against it. */
  ask(query: string): Promise<readonly Series[]>;
  /** What it had in the last seconds, every so many. */
  askRange(query: string, seconds: number, step: number): Promise<readonly Series[]>;
  close(): Promise<void>;
}

const program = process.env.PROMETHEUS ?? 'prometheus';

/** Rejects where there is none. */
export async function startPrometheus(targets: readonly Target[], scrapeSeconds: number): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, JSON.stringify(configOf(targets, scrapeSeconds)));
  const port = await freePort();
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said = `${said}${chunk}`.slice(-4000)));
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) =>
      resolve(
        `cannot run ${program} (${message}): install it (Debian: apt-get install prometheus), or name it in PROMETHEUS`,
      ),
    );
    child.once('exit', () => resolve(`${program} ended:\n${said}`));
  });
  const url = `http://127.0.0.1:${port}`;
  const isRunning = { yet: true };
  void ended.then(() => (isRunning.yet = false));
  await Promise.race([isReady(url, isRunning), ended.then((why) => Promise.reject(new Error(why)))]);
  return {
    url,
    ask: async (query) => read(await call(url, 'query', { query })),
    async askRange(query, seconds, step) {
      const end = Date.now() / 1000;
      return read(await call(url, 'query_range', { query, start: end - seconds, end, step }));
    },
    async close() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(targets: readonly Target[], scrapeSeconds: number) {
  const every = `${scrapeSeconds}s`;
  return {
    global: { scrape_interval: every, scrape_timeout: every },
    scrape_configs: [...new Set(targets.map(({ job }) => job))].map((job) => ({
      job_name: job,
      static_configs: targets
        .filter((target) => target.job === job)
        .map(({ port, labels = {} }) => ({ targets: [`127.0.0.1:${port}`], labels })),
    })),
  };
}

/** Prometheus cannot pick one itself. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function isReady(url: string, isRunning: { readonly yet: boolean }): Promise<void> {
  for (let tries = 0; tries < 600 && isRunning.yet; tries++) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Prometheus is not ready after a minute');
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Series['metric'];
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

async function call(url: string, path: string, parameters: Readonly<Record<string, unknown>>): Promise<Answer> {
  const body = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
  const answer = (await response.json()) as Answer;
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer;
}

function read({ data: { result } }: Answer): readonly Series[] {
  return result.map(({ metric, value, values = value ? [value] : [] }) => ({
    metric,
    values: values.map(([seconds, text]) => [seconds, Number(text)] as const),
  }));
}

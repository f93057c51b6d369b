// Every query of the chart's Grafana dashboard, answered by a real Prometheus that scrapes two processes of ours under load, and what an
// API server said of us. --picture also prints docs/dashboard.png. Installs nothing: says what is missing, and fails.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveApiServerMetrics } from './api-server-metrics.ts';
import { drawPicture, picture } from './dashboard-picture.ts';
import { startLoad } from './load.ts';
import { type Prometheus, type Series, startPrometheus } from './prometheus.ts';
import { startReplicas } from './replicas.ts';

const file = 'charts/endpoints-webhook/files/grafana-dashboard.json';
const [scrapeSeconds, patienceSeconds, pictureSeconds] = [2, 180, 120];
const largestPicture = 200_000;
let passed = 0;
let failed = 0;

await run().catch((error: unknown) => check(`the run: ${error instanceof Error ? error.message : error}`, false));
check(`${picture} is smaller than ${largestPicture} bytes`, statSync(picture).size < largestPicture);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function check(what: string, holds: boolean): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
}

async function run(): Promise<void> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const replicas = await startReplicas();
    closing.unshift(replicas.close);
    const api = await serveApiServerMetrics();
    closing.unshift(api.close);
    const labels = { namespace: 'guard' };
    const ours = replicas.operationsPorts.map((port) => ({ job: 'endpoints-webhook', port, labels }));
    const prometheus = await startPrometheus([...ours, { job: 'apiserver', port: api.port }], scrapeSeconds);
    closing.unshift(startLoad(replicas), prometheus.close);
    await checkQueries(prometheus);
    if (process.argv.includes('--picture')) {
      await sleep(pictureSeconds * 1000);
      await drawPicture(prometheus.url, pictureSeconds, queriesOf(readDashboard()));
    }
  } finally {
    for (const close of closing) await close();
  }
}

/** Each is asked until it has data. */
async function checkQueries(prometheus: Prometheus): Promise<void> {
  const until = Date.now() + patienceSeconds * 1000;
  for (const { title, query } of queriesOf(readDashboard())) {
    let series: readonly Series[] = [];
    for (;;) {
      series = await prometheus.ask(query);
      if (hasData(series) || Date.now() > until) break;
      await sleep(1000);
    }
    check(`${title}: ${query}: ${series.length} series`, hasData(series));
  }
}

/** A quantile of nothing is NaN. */
function hasData(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.some(([, value]) => Number.isFinite(value)));
}

function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(file, 'utf8'));
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

/** Those of its panels, and the series that its variables read. */
function queriesOf({ templating, panels }: Dashboard) {
  const variables = templating.list.flatMap(({ name, definition = '' }) => {
    const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
    return series ? [{ title: `variable ${name}`, expr: `count by (${label}) (${series})` }] : [];
  });
  const own = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  return [...variables, ...own].map(({ title, expr }) => ({ title, query: resolve(expr) }));
}

/** As Grafana does. What it leaves is no PromQL. */
function resolve(expr: string): string {
  const chosen = { namespace: 'guard', job: 'endpoints-webhook', __rate_interval: `${8 * scrapeSeconds}s` };
  return Object.entries(chosen).reduce((text, [name, value]) => text.replaceAll(`$${name}`, value), expr);
}

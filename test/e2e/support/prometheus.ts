import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { renderRules } from '../../support/chart-alerts.ts';
import { startDiscovery } from './discovery.ts';
import { readEnvironment } from './environment.ts';
import { folder as reports } from './folder.ts';
import { createScraper, scrapeJobs } from './monitor-page.ts';
import { release } from './names.ts';
import { until } from './until.ts';

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus {
  /** What is pending or firing. */
  alerts(): Promise<readonly FiringAlert[]>;
  /** The values of a query, by the value of a label. */
  query(promql: string, label: string): Promise<Readonly<Record<string, number>>>;
  /** What is wrong with rules and targets. */
  problems(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const home = () => join(process.cwd(), reports, 'prometheus');

/** Prometheus on this machine, as docs/monitor.md sets it up in a cluster, with the alerts that the chart renders with these values. */
export async function startPrometheus(values: object): Promise<Prometheus> {
  rmSync(home(), { recursive: true, force: true });
  mkdirSync(home(), { recursive: true });
  const file = (name: string, text: string) => {
    writeFileSync(join(home(), name), text);
    return join(home(), name);
  };
  const { name, namespace } = release();
  const valuesFile = file('values.yaml', stringify(values));
  file('alerts.yaml', stringify(renderRules([name, '--namespace', namespace, '--values', valuesFile])));
  file('token', await createScraper());
  file('ca.crt', authorities());
  const discovery = await startDiscovery();
  file('prometheus.yaml', stringify(configuration(discovery.url)));
  const flags = ['--config.file', join(home(), 'prometheus.yaml'), '--storage.tsdb.path', join(home(), 'data')];
  const child = spawn('prometheus', [...flags, '--web.listen-address', '127.0.0.1:0'], { stdio: 'pipe' });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const address = await until('Prometheus listens', async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}:\n${said}`);
    return /msg="Listening on" address=(\S+)/.exec(said)?.[1];
  });
  return {
    ...clientOf(`http://${address}/api/v1/`),
    async stop() {
      child.kill();
      await ended;
      discovery.close();
    },
  };
}

/** That of the page, from outside the cluster. */
function configuration(discovery: string) {
  const jobs = scrapeJobs().map(({ kubernetes_sd_configs, ...job }) => ({
    ...job,
    http_sd_configs: kubernetes_sd_configs.map(({ role, selectors }) => ({
      url: `${discovery}/${role}?${encodeURIComponent(selectors?.[0]?.label ?? '')}`,
      refresh_interval: '1s',
    })),
    ...(job.scheme === 'https' && {
      authorization: { credentials_file: join(home(), 'token') },
      tls_config: { ca_file: join(home(), 'ca.crt') },
    }),
  }));
  return {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    rule_files: [join(home(), 'alerts.yaml')],
    scrape_configs: jobs,
  };
}

/** What API servers are trusted by. */
function authorities(): string {
  const config = new KubeConfig();
  config.loadFromFile(readEnvironment().kubeconfig);
  const { caData, caFile = '' } = config.getCurrentCluster() ?? {};
  return caData ? Buffer.from(caData, 'base64').toString() : readFileSync(caFile, 'utf8');
}

function clientOf(base: string): Omit<Prometheus, 'stop'> {
  const get = async (path: string) => {
    const answer = await fetch(base + path);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${text}`);
    return JSON.parse(text).data;
  };
  return {
    alerts: async () => (await get('alerts')).alerts,
    async query(promql, label) {
      const { result } = await get(`query?query=${encodeURIComponent(promql)}`);
      return Object.fromEntries(result.map(({ metric, value }: Sample) => [metric[label] ?? '', Number(value[1])]));
    },
    async problems() {
      const { activeTargets } = await get('targets');
      const { groups } = await get('rules');
      const bad = activeTargets.filter(({ health }: Health) => health !== 'up');
      const rules = (groups as { rules: Health[] }[]).flatMap((group) => group.rules);
      return [...bad, ...rules.filter(({ health }) => health !== 'ok')].map((one) => JSON.stringify(one));
    },
  };
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Health {
  readonly health: string;
}

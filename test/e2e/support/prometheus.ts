import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { renderRules } from '../../support/chart-alerts.ts';
import { readEnvironment } from './environment.ts';
import { folder as reports } from './folder.ts';
import { mustKubectl } from './kubectl.ts';
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
  file('token', await scraperToken());
  file('prometheus.yaml', stringify(await configuration((text) => file('ca.crt', text))));
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
    },
  };
}

/** Of an account that may what the page says that it needs. */
async function scraperToken(): Promise<string> {
  const [role] = blocks('apiVersion');
  const { namespace } = release();
  const subjects = [{ kind: 'ServiceAccount', name: 'prometheus', namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'scrape-endpoints-webhook' };
  const items = [
    ...parseAllDocuments(role ?? '').map((document) => document.toJS()),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prometheus', namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: roleRef.name },
      roleRef,
      subjects,
    },
  ];
  await mustKubectl(['apply', '--filename', '-'], { input: { apiVersion: 'v1', kind: 'List', items } });
  return (await mustKubectl(['create', 'token', 'prometheus', '--namespace', namespace])).trim();
}

/** Takes away what was given to it. */
export async function removeScraper(): Promise<void> {
  const name = 'scrape-endpoints-webhook';
  await mustKubectl(['delete', `clusterrole/${name}`, `clusterrolebinding/${name}`, '--ignore-not-found']);
}

/** That of the page, from outside the cluster. */
async function configuration(writeCa: (text: string) => string) {
  const [text = ''] = blocks('scrape_configs');
  const { name, namespace } = release();
  const { scrape_configs } = parse(
    text
      .replace('job_name: endpoints-webhook', `job_name: ${name}`)
      .replace('names: [endpoints-webhook]', `names: [${namespace}]`)
      .replace('instance=endpoints-webhook', `instance=${name}`)
      .replace('/var/run/secrets/kubernetes.io/serviceaccount/token', join(home(), 'token'))
      .replace('/var/run/secrets/kubernetes.io/serviceaccount/ca.crt', join(home(), 'ca.crt')),
  );
  const config = new KubeConfig();
  config.loadFromFile(readEnvironment().kubeconfig);
  const cluster = config.getCurrentCluster();
  const ca_file = writeCa(
    cluster?.caData ? Buffer.from(cluster.caData, 'base64').toString() : readFileSync(cluster?.caFile ?? '', 'utf8'),
  );
  const discovery = {
    api_server: cluster?.server,
    authorization: { credentials_file: join(home(), 'token') },
    tls_config: { ca_file },
  };
  for (const job of scrape_configs) {
    for (const sd of job.kubernetes_sd_configs) Object.assign(sd, discovery);
  }
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(home(), 'alerts.yaml')],
    scrape_configs,
  };
}

const page = readFileSync('docs/monitor.md', 'utf8');

/** Those that the page lists, one a line. */
export const queries = [...page.matchAll(/```promql\n([^`]*)```/g)].flatMap(([, text = '']) => text.trim().split('\n'));

/** The blocks of the page that begin so. */
function blocks(beginning: string): readonly string[] {
  const texts = [...page.matchAll(/```yaml\n([^`]*)```/g)].map(([, text = '']) => text);
  return texts.filter((text) => text.startsWith(beginning));
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

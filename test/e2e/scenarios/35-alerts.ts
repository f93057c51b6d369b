import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alerts as allAlerts } from '../../support/chart-alerts.ts';
import { readEnvironment } from '../support/environment.ts';
import { policyConfigMap, policyText, soonAllSay, writePolicy } from '../support/followed-policy.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { queries, removeScraper } from '../support/monitor-page.ts';
import { configurationName, release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { type FiringAlert, type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { reachesClusterNetwork } from '../support/reach.ts';
import { guarding, install, readyPods, refusal, scale, uninstall } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { timed, until } from '../support/until.ts';

// The alerts of the chart in a real Prometheus, which scrapes the pods and the API server: silent first, then firing at what is done here.

const validating = 'validating/endpoints';
const soon = Object.fromEntries(allAlerts.map(({ alert }) => [alert, { for: '1s' }]));
const values = {
  shutdown: { drainSeconds: 1 },
  policyConfigMap,
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true, window: '30s', alerts: soon },
};
const good = policyText('{forbidden-network: {networks: [192.0.2.0/24]}}');
const bad = policyText('{forbidden-network: {networks: [none]}}');

const { prometheus: program } = readEnvironment();
const given = program
  ? needs(await reachesClusterNetwork(), 'the pods cannot be reached from here, so nothing can scrape them')
  : needs(program, 'prometheus is not on the PATH (Debian: prometheus)');

describe('alerts', given, () => {
  let namespace: string;
  let prometheus: Prometheus;

  beforeAll(async () => {
    await uninstall().catch(() => {});
    await createNamespace(release().namespace, 'restricted');
    await writePolicy(good);
    await install(values);
    namespace = await freshNamespace('alerts');
    await guarding(namespace);
    prometheus = await startPrometheus(values);
  });

  afterAll(async () => {
    await prometheus?.stop();
    await removeScraper();
    await uninstall().catch(() => {});
  });

  test('a cluster that does not know the kinds of the Prometheus Operator takes the chart, and the notes say what it has left out', async () => {
    const { name, namespace: home } = release();
    const { out } = await helm(['get', 'notes', name, '--namespace', home]);
    expect(out).toContain('WARNING: serviceMonitor: no ServiceMonitor was made');
    expect(out).toContain('WARNING: prometheusRule: no PrometheusRule was made');
  });

  test('while all is well none fires, and both pods and the API server are scraped', async () => {
    const { name } = release();
    await until('all is scraped and evaluated', async () => {
      const jobs = await prometheus.query('count by (job) (up == 1)', 'job');
      return jobs[name] === 2 && jobs.apiserver === 1 && (await prometheus.problems()).length === 0;
    });
    await becomes([]); // until then it takes for new what API servers have counted before
  });

  test('a configuration is changed by kubectl', async () => {
    const patch = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }];
    await sabotage('failurePolicy Ignore by kubectl patch', ['ConfigurationChanged'], () =>
      mustKubectl(['patch', configurationName(validating), '--type=json', `--patch=${JSON.stringify(patch)}`]),
    );
  });

  test('no pod is there: what is taken unchecked, what is refused, and that there is none', async () => {
    const expected = ['CallsFailing', 'Down', 'FailedOpen', 'NotGuarding', 'PodsMissing'];
    await sabotage('no pod, one webhook on Ignore and the others on Fail', expected, async () => {
      await scale(0);
      await until('a bad object is taken', async () => (await refusal(namespace, 'Endpoints')) === '');
      expect(await refusal(namespace, 'EndpointSlice')).toMatch(/failed calling webhook/);
    });
    await scale(2);
  });

  test('a configuration is deleted', async () => {
    await becomes(['ConfigurationChanged']);
    await sabotage('a configuration deleted', ['ConfigurationChanged', 'ConfigurationMissing'], () =>
      mustKubectl(['delete', configurationName(validating)]),
    );
  });

  test('helm upgrade makes it again, and no alert is left', async () => {
    await install(values);
    await guarding(namespace);
    await becomes([]);
  });

  test('the policy in the ConfigMap is not valid', async () => {
    await sabotage('a followed policy that is not valid', ['PolicyInvalid'], async () => {
      await writePolicy(bad);
      await soonAllSay(/not the one in the files/);
    });
    await writePolicy(good);
    await soonAllSay(/^\[\+\]policy ok \([0-9a-f]{64}\)$/m);
    await becomes([]);
  });

  test('a rule refuses much more than before', async () => {
    await readyPods(2);
    await sabotage('20 refusals at once', ['Refusals'], () =>
      Promise.all(Array.from({ length: 20 }, () => refusal(namespace, 'Endpoints'))),
    );
    await becomes([]);
  });

  test('the queries of docs/monitor.md, of the rollout and of exemptions have something to say', async () => {
    for (const query of queries) expect(await prometheus.query(query, 'rule'), query).not.toEqual({});
  });

  /** Waits until these fire, and no others. */
  function becomes(names: readonly string[]): Promise<readonly FiringAlert[]> {
    let last: readonly string[] = [];
    return until(`these fire and no others: ${names}`, async () => {
      const found = await prometheus.alerts();
      last = [...new Set(found.map(({ labels }) => (labels.alertname ?? '').replace('EndpointsWebhook', '')))].sort();
      return found.every(({ state }) => state === 'firing') && last.join() === names.join() && found;
    }).catch((error: Error) => Promise.reject(new Error(`${error.message}; but: ${last}`)));
  }

  async function sabotage(what: string, names: readonly string[], work: () => Promise<unknown>): Promise<void> {
    await work();
    const { seconds, result } = await timed(() => becomes(names));
    for (const { labels, annotations } of result) {
      expect(annotations.runbook_url).toBe(`docs/runbooks/${labels.alertname}.md`);
      expect(annotations.summary).toMatch(/^[^{}]+\.$/);
      expect(annotations.description).toMatch(/^(?!.*no value)[^{}<>]+\.$/);
    }
    note('alerts', `- ${what}: ${names.join(', ')} after ${inSeconds(seconds)} (scraped every 2 s, \`for\` 1 s).`);
  }
});

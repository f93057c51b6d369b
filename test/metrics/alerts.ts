import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { alerts, type RuleGroups, renderRules } from '../support/chart-alerts.ts';
import { type AlertCase, cases, event, healthy } from './alert-cases.ts';

/** What the chart renders, checked by promtool, and each alert made to fire. Returns the checks, by what they check. */
export function checkAlerts(promtool: (...args: string[]) => string): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  const write = (name: string, content: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, stringify(content));
    return file;
  };
  try {
    const rules = renderRules(['release', '--namespace', 'somewhere']);
    const file = write('rules.yaml', rules);
    const monitoring = renderRules(['release', '--values', 'charts/endpoints-webhook/ci/monitoring-values.yaml']);
    return {
      'promtool check rules': promtool('check', 'rules', file, write('others.yaml', monitoring)),
      'promtool test rules': promtool('test', 'rules', write('tests.yaml', testsOf(file, rules))),
      'every alert is made to fire': missing(rules),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testsOf(file: string, rules: RuleGroups) {
  return {
    rule_files: [file],
    evaluation_interval: '1m',
    tests: [...cases.map(testOf), annotationsTest(rules)],
  };
}

/** Nothing fires in the minute before each alert that has not fired already, and the alert does then. */
function testOf({ what, series, fires }: AlertCase) {
  const times = [...new Set([0, ...Object.values(fires)])].flatMap((minute) => [minute - 1, minute]);
  const firing = (minute: number) => Object.keys(fires).filter((alert) => (fires[alert] ?? 0) <= minute);
  return {
    name: what,
    interval: '1m',
    input_series: inputOf({ ...healthy, ...series }),
    promql_expr_test: times.map((minute) => ({
      expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: `${event + minute}m`,
      exp_samples: firing(minute).map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
    })),
  };
}

function inputOf(series: AlertCase['series']) {
  return Object.entries(series).map(([name, samples]) => ({ series: name, values: samples.join(' ') }));
}

/** What an administrator reads of one: that of the certificate has a label, a number in words and a link. */
function annotationsTest(rules: RuleGroups) {
  const alertname = 'EndpointsWebhookCertificateExpiring';
  const found = cases.find(({ fires }) => alertname in fires);
  const rule = rules.groups[0]?.rules.find(({ alert }) => alert === alertname);
  const description = 'The certificate that a serves expires in 13h 44m 0s. After that, API servers cannot call it.';
  const labels = { kind: 'serving', namespace: 'somewhere', job: 'release', pod: 'a', instance: 'a:8080' };
  return {
    name: 'what it says',
    interval: '1m',
    input_series: inputOf({ ...healthy, ...found?.series }),
    alert_rule_test: [
      {
        eval_time: `${event + 16}m`,
        alertname,
        exp_alerts: [
          {
            exp_labels: { severity: 'critical', ...labels },
            exp_annotations: { ...rule?.annotations, description },
          },
        ],
      },
    ],
  };
}

function missing(rules: RuleGroups): string {
  const rendered = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  const fired = cases.flatMap(({ fires }) => Object.keys(fires));
  return alerts
    .map(({ alert }) => alert)
    .filter((alert) => !rendered.includes(alert) || !fired.includes(alert))
    .map((alert) => `${alert} is not rendered, or no case lets it fire\n`)
    .join('');
}

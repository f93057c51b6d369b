import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** An alert as charts/endpoints-webhook/files/alerts.yaml has it. */
interface Alert {
  readonly alert: string;
  readonly severity: string;
  readonly for: string;
  readonly threshold?: number | string;
  readonly expr: string;
  readonly summary: string;
  readonly description: string;
}

export const alerts: readonly Alert[] = parse(readFileSync('charts/endpoints-webhook/files/alerts.yaml', 'utf8'));

/** A rule as a PrometheusRule has it. */
export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** What the chart renders as PrometheusRule for these arguments of `helm template`: what Prometheus itself loads from a file. */
export function renderRules(args: readonly string[]): RuleGroups {
  const flags = ['--show-only', 'templates/prometheusrule.yaml', '--kube-version', '1.37'];
  const shown = ['--set', 'prometheusRule.enabled=true,prometheusRule.renderMode=always'];
  const [name = '', ...more] = args;
  const text = execFileSync('helm', ['template', name, 'charts/endpoints-webhook', ...flags, ...shown, ...more], {
    encoding: 'utf8',
  });
  return parse(text).spec;
}

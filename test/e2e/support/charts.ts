import { mkdirSync, writeFileSync } from 'node:fs';
import { folder } from './folder.ts';

// The Services that well-known charts make with their default values, in the shapes in which they render them; what runs behind them is
// left out.

const port = (name: string, number: number, targetPort: string | number = name) => ({
  ...{ name, port: number, targetPort, protocol: 'TCP' },
});
const selecting = (component: string) => ({
  'app.kubernetes.io/instance': 'RELEASE',
  'app.kubernetes.io/component': component,
});

const services: Readonly<Record<string, readonly object[]>> = {
  'ingress-nginx': [
    service('controller', {
      ...{ type: 'LoadBalancer', ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      ...{ ports: [port('http', 80), port('https', 443)], selector: selecting('controller') },
    }),
    service('controller-admission', {
      ...{ type: 'ClusterIP', ports: [port('https-webhook', 443, 'webhook')], selector: selecting('controller') },
    }),
  ],
  'cert-manager': [
    service('cert-manager', {
      ...{ type: 'ClusterIP', ports: [port('tcp-prometheus-servicemonitor', 9402, 'http-metrics')] },
      selector: selecting('controller'),
    }),
    service('webhook', {
      ...{ type: 'ClusterIP', ports: [port('https', 443, 'https')], selector: selecting('webhook') },
    }),
  ],
  postgresql: [
    service('primary', {
      ...{ type: 'ClusterIP', sessionAffinity: 'None', ports: [port('tcp-postgresql', 5432)] },
      selector: selecting('primary'),
    }),
    service('primary-hl', {
      ...{ type: 'ClusterIP', clusterIP: 'None', publishNotReadyAddresses: true },
      ...{ ports: [port('tcp-postgresql', 5432)], selector: selecting('primary') },
    }),
  ],
  redis: [
    service('headless', { clusterIP: 'None', ports: [port('tcp-redis', 6379, 'redis')], selector: selecting('node') }),
    service('master', {
      ...{ type: 'ClusterIP', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None' },
      ...{ ports: [port('tcp-redis', 6379, 'redis')], selector: selecting('master') },
    }),
  ],
  grafana: [
    service('grafana', { type: 'NodePort', ports: [port('service', 80, 3000)], selector: selecting('grafana') }),
  ],
};

export const wellKnownCharts: readonly string[] = Object.keys(services);

/** Writes a chart of that name, and returns its folder. */
export function writeChart(name: string): string {
  const chart = `${folder}/charts/${name}`;
  mkdirSync(`${chart}/templates`, { recursive: true });
  writeFileSync(`${chart}/Chart.yaml`, JSON.stringify({ apiVersion: 'v2', name, version: '1.0.0' }));
  const texts = (services[name] ?? []).map((one) => JSON.stringify(one).replaceAll('RELEASE', '{{ .Release.Name }}'));
  writeFileSync(`${chart}/templates/services.yaml`, texts.join('\n---\n'));
  return chart;
}

function service(name: string, spec: object): object {
  const labels = { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/revision': '{{ .Release.Revision }}' };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: `RELEASE-${name}`, labels }, spec };
}

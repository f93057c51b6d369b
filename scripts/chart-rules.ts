import { kinds as definitions } from '../src/kinds/index.ts';
import { anyAccount } from '../src/policy/any-account.ts';
import { defaultPolicy } from '../src/policy/policy.ts';
import { rules } from '../src/rules/index.ts';
import { specialAddress } from '../src/rules/special-address.ts';
import { template } from './chart-conditions.ts';

/** What the chart has to know of the rules to decide what a policy needs, as templates that the others include. */
export function chartRules(): string {
  const { settings } = defaultPolicy();
  const exemptible = rules.filter(({ exemptibleByRbac }) => exemptibleByRbac);
  const exemptibleRules = exemptible.map(({ id, kinds, parametersOf }) => {
    const resources = kinds.map((kind) => definitions[kind].resource);
    return JSON.stringify({ id, resources, parametersOf, settings: settings.rules[id] });
  });
  const clusterRules = rules.flatMap(({ id, needs }) => (needs ? [[id, needs]] : []));
  const aboutEndpoints = exemptible.filter(({ kinds }) => kinds.some((kind) => kind !== 'Service'));
  const tenantRules = [specialAddress, ...aboutEndpoints].map(({ id }) => id);
  return [
    '{{- /* Printed by npm run docs from src/rules; edit that, not this file. */ -}}',
    '{{- /* The rules from which RBAC can exempt, with their default settings. */ -}}',
    template('exemptibleRules', `[\n  ${exemptibleRules.join(',\n  ')}\n]`),
    '{{- /* The rules that have to know the cluster, each with what of it. */ -}}',
    template('clusterRules', JSON.stringify(Object.fromEntries(clusterRules))),
    '{{- /* The rules that keep tenants from sending traffic to what is not theirs by endpoints. */ -}}',
    template('tenantRules', JSON.stringify(tenantRules)),
    '{{- /* Regular expressions over patterns of exemptions that match service accounts of any namespace. */ -}}',
    template('anyAccount', JSON.stringify(anyAccount)),
  ].join('\n');
}

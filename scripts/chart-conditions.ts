import { alwaysExempt } from '../src/admission-policy/exempt-namespaces.ts';
import {
  apiServer,
  controlPlane,
  createMatchConditions,
  excludeNamespaces,
  type MatchCondition,
} from '../src/admission-policy/match-conditions.ts';
import { createServiceConditions } from '../src/admission-policy/service-conditions.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { allKinds } from '../src/kinds/index.ts';

/** What the chart's webhooks have in common with the ValidatingAdmissionPolicies, as templates that the others include. */
export function chartConditions(): string {
  const controllers = controlPlane.filter((user) => user !== apiServer);
  const { judged, adopting } = createServiceConditions();
  const all = [...createMatchConditions('Endpoints', [], [], ['']), ...judged];
  const names = new Set(all.map(({ name }) => name));
  const templates = [
    template('alwaysExemptNamespaces', JSON.stringify(alwaysExempt)),
    template('apiServerUsers', JSON.stringify([apiServer])),
    template('systemControllerUsers', JSON.stringify(controllers)),
    template('conditionNames', JSON.stringify([...names])),
    template('identitiesCondition', withStrings('exemptUsers', createMatchConditions('Endpoints', [''])[0])),
    template('prefixesCondition', withStrings('exemptPrefixes', excludeNamespaces(['']))),
    ...allKinds.flatMap(({ kind, group, resource }) => [
      template(`${resource}.group`, group),
      template(`${resource}.conditions`, conditionsOf(kind)),
    ]),
    template('services.judged', entries(judged)),
    template('services.adopting', entries(adopting)),
  ];
  return `{{- /* Printed by npm run docs from src/admission-policy; edit that, not this file. */ -}}\n${templates.join('\n')}`;
}

/** A template of the chart. */
export function template(name: string, body: string): string {
  return `{{- define "endpoints-webhook.${name}" -}}\n${body}\n{{- end -}}\n`;
}

/** A condition on an empty text, for those of another template of the chart. */
function withStrings(name: string, condition?: MatchCondition): string {
  const strings = `{{ include "endpoints-webhook.${name}" . | include "endpoints-webhook.celStrings" }}`;
  return condition?.expression.replace('""', strings) ?? '';
}

/** All others, for any list of further labels. */
function conditionsOf(kind: Kind): string {
  const [, ...conditions] = createMatchConditions(kind, [], ['LABEL']);
  const lines = entries(conditions).split('\n');
  return lines.map((line) => (line.includes('"LABEL"') ? eachServiceLabel(line) : line)).join('\n');
}

function eachServiceLabel(line: string): string {
  return `    {{- range .Values.extraServiceLabels }}\n${line.replaceAll('"LABEL"', '{{ toRawJson . }}')}\n    {{- end }}`;
}

function entries(conditions: readonly MatchCondition[]): string {
  return conditions.map(entry).join('\n');
}

/** A line for each alternative: YAML folds them into one. */
function entry({ name, expression }: MatchCondition): string {
  return `- name: ${name}\n  expression: >-\n    ${expression.replaceAll(' || ', ' ||\n    ')}`;
}

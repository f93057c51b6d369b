import { all, any } from './cel.ts';
import { excludeKubernetesService, hasNewItem, type MatchCondition } from './match-conditions.ts';

/** Which writes of Services are judged. All others put nothing into service that was not: they depend on no webhook. */
export interface ServiceConditions {
  /** Of what nothing but its author decides: targets that the Service names itself, and what it wakes without a selector. */
  readonly judged: readonly MatchCondition[];
  /** Of a Service with a selector, which takes over slices that no controller keeps. */
  readonly adopting: readonly MatchCondition[];
}

export function createServiceConditions(): ServiceConditions {
  return {
    judged: withName(any([namesTargets(), hasNewExternalIP()])),
    adopting: withName(all([isControlled('object'), any([isCreated, 'oldObject.spec.type == "ExternalName"'])])),
  };
}

const isCreated = 'request.operation == "CREATE"';

function withName(expression: string): readonly MatchCondition[] {
  return [{ name: 'exclude-ordinary-services', expression }, excludeKubernetesService()];
}

/** Whether controllers keep its endpoints: they pass over Services without a selector, and ExternalName. Both fields are filled in before admission. */
function isControlled(object: string): string {
  return all([`${object}.spec.type != "ExternalName"`, `size(${object}.spec.?selector.orValue({})) > 0`]);
}

/** Whether it leads to what no controller has chosen, by another way than before. */
function namesTargets(): string {
  const differs = (field: string, none: string) =>
    `object.spec.?${field}.orValue(${none}) != oldObject.spec.?${field}.orValue(${none})`;
  const isOtherWay = any([
    isCreated,
    isControlled('oldObject'),
    '(object.spec.type == "ExternalName") != (oldObject.spec.type == "ExternalName")',
    differs('externalName', '""'),
    differs('ports', '[]'),
  ]);
  return all([`!${isControlled('object')}`, isOtherWay]);
}

function hasNewExternalIP(): string {
  const now = 'object.spec.?externalIPs.orValue([])';
  const added = hasNewItem((object) => `${object}.spec.?externalIPs.orValue([])`);
  return all([`size(${now}) > 0`, any([isCreated, added])]);
}

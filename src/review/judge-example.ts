import type { Kind } from '../endpoints/view.ts';
import { defaultPolicySource, parsePolicy, policyFindingText } from '../policy/policy.ts';
import { exampleObject } from '../rules/example.ts';
import type { DocumentedRule } from '../rules/rule.ts';
import { clusterOf } from '../state/cluster-of.ts';
import { judge, type Violation } from './judge.ts';

/** What the default policy finds in a rule's example, once the rule is on and has the parameters and the cluster that the example needs. */
export function judgeExample(rule: DocumentedRule, kind: Kind): readonly Violation[] {
  const enforcement = rule.enforcement === 'none' ? 'deny' : rule.enforcement;
  const { id, parametersOf = id, exampleParameters } = rule;
  const rules = {
    [parametersOf]: exampleParameters ?? {},
    [id]: { enforcement, ...(parametersOf === id && exampleParameters) },
  };
  const { policy, findings } = parsePolicy({ ...defaultPolicySource, rules });
  if (!policy) throw new Error(`exampleParameters of rule ${rule.id}: ${findings.map(policyFindingText).join('; ')}`);
  const object = exampleObject(rule, kind);
  const cluster = clusterOf(rule.exampleCluster ?? []);
  return judge(policy, { kind, operation: 'CREATE', namespace: 'default', object }, () => cluster).violations;
}

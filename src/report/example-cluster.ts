import { dump } from 'js-yaml';
import type { DocumentedRule } from '../rules/rule.ts';

/** What the cluster has in which a rule's examples violate it, in Markdown; `undefined` for a rule that need not know one. */
export function exampleClusterText({ needs, exampleCluster = [] }: DocumentedRule): string | undefined {
  if (!needs) return undefined;
  if (exampleCluster.length === 0) return 'In a cluster where no pod has the address.';
  const objects = exampleCluster.map((object) => dump(object, { noRefs: true })).join('---\n');
  return `In a cluster that has:\n\n\`\`\`yaml\n${objects}\`\`\``;
}

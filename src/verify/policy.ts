import { createHash } from 'node:crypto';
import { UsageError } from '../cli/usage-error.ts';
import { fieldsOf } from '../json/fields.ts';
import { type PolicyText, parsePolicyTexts } from '../manifests/policy-file.ts';
import type { Policy } from '../policy/policy.ts';
import { type Asker, isProblem, unread } from './asker.ts';
import { type Check, failed, ok } from './check.ts';
import type { Installation } from './installation.ts';

/** The policy of an installation, as its pods read it: from the ConfigMaps that they mount. */
export async function readInstalledPolicy(
  asker: Asker,
  { policies, extraServiceLabels }: Installation,
  namespace: string,
): Promise<{ readonly check: Check; readonly policy?: Policy }> {
  const texts: PolicyText[] = [];
  const changed: string[] = [];
  for (const { configMap, key, sha256 } of policies) {
    const subject = `policy in ConfigMap ${configMap}`;
    const answer = await asker.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap}`);
    if (isProblem(answer)) {
      if (answer.status !== 404)
        return { check: unread(subject, answer, `get of configmaps in namespace ${namespace}`) };
      return { check: failed(subject, 'does not exist: pods could not start again', 'make it again') };
    }
    const text = fieldsOf(answer.data)[key];
    if (typeof text !== 'string')
      return { check: failed(subject, `has no key ${key}`, 'write the policy under that key') };
    texts.push({ file: `ConfigMap ${configMap}, ${key}`, text });
    if (sha256 !== undefined && digestOf(text) !== sha256) changed.push(configMap);
  }
  return parse(texts, extraServiceLabels, changed);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text.replace(/\n$/, '')).digest('hex');
}

const restore =
  'see what it says and who wrote it; delete it and restore it with `helm upgrade`, or by applying the manifests again';

/** `changed`: the ConfigMaps that are not as the chart wrote them. */
function parse(texts: readonly PolicyText[], extraServiceLabels: readonly string[], changed: readonly string[]) {
  try {
    const policy = parsePolicyTexts(texts, extraServiceLabels);
    const [first] = changed;
    if (first !== undefined)
      return { policy, check: failed(`policy in ConfigMap ${first}`, 'is not as it was installed', restore) };
    const mode = policy.mode === 'audit' ? ', in audit mode: nothing is refused' : '';
    return { policy, check: ok('policy', `is valid, ${policy.digest.slice(0, 12)}${mode}`) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const remedy = 'correct it; pods go on with the last good one meanwhile';
    return { check: failed('policy', `is not valid: ${error.lines.join('; ')}`, remedy) };
  }
}

import type { Kind } from '../endpoints/view.ts';
import { allKinds, kinds } from '../kinds/index.ts';
import { isOn } from '../policy/is-on.ts';
import type { Policy } from '../policy/policy.ts';
import { rules } from '../rules/index.ts';
import type { Documentation, DocumentedRule, Enforcement } from '../rules/rule.ts';
import { wellFormed } from '../rules/well-formed.ts';
import { type Action, type BoundCheck, createPolicyObjects } from './admission-policy.ts';
import { all, any, matchesOne } from './cel.ts';
import { coverageOf } from './coverage.ts';
import { type Variant, variantsOf } from './variants.ts';

export interface GenerationOptions {
  /** The prefix of all names. */
  readonly name: string;
  /** The minor of Kubernetes 1 of the cluster's oldest API server. */
  readonly minor: number;
  /** Ids of rules to leave out. */
  readonly leaveOut: readonly string[];
  /** Exempt namespaces: names, and patterns such as `openshift-*`. */
  readonly exemptNamespaces: readonly string[];
  /** Exempt user names. */
  readonly exemptUsers: readonly string[];
  /** The annotations of all objects. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Objects in the order in which they are to be created, or why there are none: each problem names a rule and what to do. */
export type GeneratedPolicies =
  | {
      readonly objects: readonly object[];
      /** The rules that are on, and that only the webhook holds: the objects name them in an annotation. */
      readonly leftToWebhook: readonly string[];
      readonly problems?: never;
    }
  | { readonly objects?: never; readonly leftToWebhook?: never; readonly problems: readonly string[] };

const actions: readonly Action[] = ['Deny', 'Warn', 'Audit'];

/** The policy as ValidatingAdmissionPolicies with their bindings: either the whole policy, or an error if some rule cannot be expressed. */
export function generatePolicies(policy: Policy, options: GenerationOptions): GeneratedPolicies {
  const problems: string[] = [];
  const checks = allKinds.flatMap(({ kind }) =>
    [wellFormed, ...rules]
      .filter(({ id }) => !options.leaveOut.includes(id))
      .flatMap((rule) => checksOf(rule, kind, policy, options.minor, problems)),
  );
  if (problems.length > 0) return { problems: [...new Set(problems)] };
  const { authorization, extraServiceLabels } = policy;
  const left = leftToWebhook(policy, options.leaveOut);
  const annotations = { ...options.annotations, ...(left.length > 0 && { [leftAnnotation]: left.join(', ') }) };
  const common = { ...options, annotations, wildcards: authorization.wildcards, extraServiceLabels };
  return {
    leftToWebhook: left,
    objects: allKinds.flatMap(({ kind }) =>
      actions.flatMap((action) => {
        const own = checks.filter((check) => check.kind === kind && check.action === action);
        return own.length === 0 ? [] : createPolicyObjects(own, { ...common, kind, action });
      }),
    ),
  };
}

const leftAnnotation = 'endpoints-webhook.io/left-to-webhook';

function leftToWebhook(policy: Policy, leaveOut: readonly string[]): readonly string[] {
  const left = rules.filter(({ webhookOnly }) => webhookOnly !== undefined).map(({ id }) => id);
  return left.filter((id) => !leaveOut.includes(id) && isOn(policy, id));
}

interface KindCheck extends BoundCheck {
  readonly kind: Kind;
  readonly action: Action;
}

function checksOf(
  rule: DocumentedRule,
  kind: Kind,
  policy: Policy,
  minor: number,
  problems: string[],
): readonly KindCheck[] {
  if (!rule.kinds.includes(kind)) return [];
  const covered = coverageOf(rule, kind);
  if (!('validation' in covered)) return [];
  const variants = settingsOf(rule, policy);
  if (!variants) problems.push(tooMany(rule));
  const found = (variants ?? []).flatMap(({ settings, where }, i): KindCheck[] => {
    const { enforcement = rule.enforcement, ...parameters } = settings;
    if (enforcement === 'none') return [];
    const id = `${rule.id.replaceAll('-', '_')}${i === 0 ? '' : `_${i + 1}`}`;
    const validation = covered.validation({ fields: kinds[kind].cel, id, parameters });
    if (validation.violationLists.length === 0) return [];
    const applies = appliesTo(rule, where, policy);
    return [{ kind, action: actionOf(enforcement, policy), rule, id, validation, applies }];
  });
  if (found.length > 0 && covered.since > minor) problems.push(tooOld(rule, covered.since, minor));
  return found;
}

function settingsOf(rule: Documentation, policy: Policy): readonly Variant[] | undefined {
  const known = rules.find(({ id }) => id === rule.id);
  return known ? variantsOf(known, policy) : [{ settings: {}, where: undefined }];
}

function tooOld({ id }: Documentation, since: number, minor: number): string {
  return `${id}: needs the CEL of Kubernetes 1.${since}, and the oldest API server is 1.${minor}: leave it to the webhook with --leave-out ${id}, or set --kubernetes-version 1.${since} once no API server is older`;
}

function tooMany({ id }: Documentation): string {
  return `${id}: the entries under "namespaces" that set it combine in too many ways: name namespaces without *, or leave it to the webhook with --leave-out ${id}`;
}

const actionOfEnforcement = { deny: 'Deny', warn: 'Warn', audit: 'Audit' } as const;

function actionOf(enforcement: Exclude<Enforcement, 'none'>, { mode }: Policy): Action {
  return mode === 'audit' ? 'Audit' : actionOfEnforcement[enforcement];
}

/** The requests to which a check applies, in CEL. */
function appliesTo(rule: Documentation, where: string | undefined, { exempt }: Policy): string {
  const exemptions = rule.id === wellFormed.id ? [] : exempt.filter(({ rules }) => rules?.includes(rule.id) ?? true);
  return all([
    ...(where === undefined ? [] : [where]),
    ...(rule.operations === 'create' ? ['request.operation == "CREATE"'] : []),
    ...(exemptions.length === 0 ? [] : [`!(${any(exemptions.map(isExempt))})`]),
  ]);
}

function isExempt({ users, groups, namespaces }: Policy['exempt'][number]): string {
  return all([
    ...(users ? [matchesOne('request.userInfo.username', users)] : []),
    ...(groups ? [`request.userInfo.?groups.orValue([]).exists(g, ${matchesOne('g', groups)})`] : []),
    ...(namespaces ? [matchesOne('request.namespace', namespaces)] : []),
  ]);
}

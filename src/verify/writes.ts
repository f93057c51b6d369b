import { selects } from '../audit/roles.ts';
import type { Kind } from '../endpoints/view.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import { allKinds, kinds } from '../kinds/index.ts';
import type { Requester } from '../policy/exemption.ts';
import type { Policy } from '../policy/policy.ts';
import { fateOf, remedyOf } from './answers.ts';
import { type Asker, isProblem } from './asker.ts';
import { isExemptByRbac } from './caller.ts';
import { type Check, failed, notChecked, ok, warning } from './check.ts';
import type { ReadConfiguration } from './configurations.ts';
import type { Installation } from './installation.ts';
import { forbiddenTrials, goodTrial, type Trial } from './trials.ts';

export interface WriteTrials {
  readonly asker: Asker;
  readonly installation: Installation;
  readonly policy: Policy;
  readonly configurations: readonly ReadConfiguration[];
  /** In which namespace. */
  readonly namespace: string;
  /** No object has this name. */
  readonly name: string;
  /** As whom. */
  readonly caller: Requester;
}

/** For each kind that is guarded: whether a forbidden write is refused by us, and a good one taken. Nothing is stored. */
export async function checkWrites(trials: WriteTrials): Promise<readonly Check[]> {
  const guarded = guardedKinds(trials.installation);
  const out = await whyNotGuarded(trials);
  if (out) return [out];
  const checks: Check[] = [];
  for (const kind of guarded) checks.push(await tryForbidden(trials, kind), await tryGood(trials, kind));
  return checks;
}

/** By the names of their configurations, which end in the resource. */
function guardedKinds({ configurations }: Installation): readonly Kind[] {
  const names = Object.keys(configurations).filter((name) => name.startsWith('validating/'));
  return allKinds.filter(({ resource }) => names.some((name) => name.endsWith(`-${resource}`))).map(({ kind }) => kind);
}

const anotherNamespace = 'name one that is guarded with --trial-namespace';

/** Why nothing is to be expected in the namespace; `undefined` where it is guarded, or where that cannot be found out. */
async function whyNotGuarded({ asker, installation, configurations, namespace, caller }: WriteTrials) {
  const subject = `writes in namespace ${namespace}`;
  const answer = await asker.get(`/api/v1/namespaces/${namespace}`);
  if (isProblem(answer) && answer.status === 404) return notChecked(subject, 'it does not exist', anotherNamespace);
  if (installation.exemptPrefixes.some((prefix) => namespace.startsWith(prefix)))
    return notChecked(subject, 'it is exempt by how its name begins', anotherNamespace);
  const labels = { 'kubernetes.io/metadata.name': namespace, ...labelsOf(answer) };
  const validating = configurations.filter(({ fullName }) => fullName.startsWith('validating/'));
  const isSelected = validating.every(({ webhooks }) =>
    webhooks.every(({ rendered }) => selects(rendered.namespaceSelector, labels)),
  );
  if (!isSelected && Object.values(installation.admissionPolicies).every((digest) => digest === ''))
    return notChecked(subject, 'it is exempt by the namespaceSelector that was installed', anotherNamespace);
  if (installation.exemptUsers.includes(caller.user))
    return notChecked(subject, `${caller.user} is exempt by name (webhooks.extraExemptUsers)`, anotherUser);
  return undefined;
}

function labelsOf(answer: object): Fields {
  return fieldsOf(fieldsOf(fieldsOf(answer).metadata).labels);
}

const anotherUser = 'try as somebody who is not, with --as and --as-group';

async function tryForbidden(trials: WriteTrials, kind: Kind): Promise<Check> {
  const { policy, namespace, name, asker, caller } = trials;
  const subject = `forbidden ${kind} in namespace ${namespace}`;
  const { trials: tried, isExempt } = forbiddenTrials(policy, kind, namespace, name, caller);
  if (isExempt) return notChecked(subject, `${caller.user} is exempt there by the policy (exempt)`, elsewhere);
  if (tried.length === 0) {
    const why = policy.mode === 'audit' ? 'its mode is audit' : 'the rules that were tried are not set to deny';
    return warning(subject, `the policy refuses nothing that was tried: ${why}`, 'see docs/policy.md');
  }
  let last: Check | undefined;
  for (const trial of tried) {
    const { result, message } = fateOf(await write(asker, kind, namespace, trial));
    if (result === 'refused') return ok(subject, `${trial.what} is refused by the webhook (rule ${trial.rule})`);
    if (result === 'taken')
      return last?.result === 'ok' && trial.exemptibleByRbac ? last : judgeTaken(trials, kind, subject, trial);
    if (result === 'unanswered') return failed(subject, message, remedyOf(message));
    if (result === 'no right') return missingRight(subject, message, kind, namespace);
    last =
      result === 'refused by policy'
        ? ok(subject, `${trial.what} is refused by a ValidatingAdmissionPolicy, which comes before the webhook`)
        : (last ?? notChecked(subject, `${trial.what} is refused by somebody else: ${message}`, elsewhere));
  }
  return last ?? notChecked(subject, 'nothing was tried', elsewhere);
}

const elsewhere = 'try in another namespace with --trial-namespace, or as somebody else with --as';

async function judgeTaken(trials: WriteTrials, kind: Kind, subject: string, { what, exemptibleByRbac }: Trial) {
  if (exemptibleByRbac && (await isExemptByRbac(trials.asker, kind, trials.namespace)))
    return notChecked(
      subject,
      `${trials.caller.user} is exempt: they may create ${kinds[kind].resource}/restricted there`,
      anotherUser,
    );
  return failed(
    subject,
    `${what} is taken: nothing refuses it`,
    'see the configurations above, and where pods fail: failurePolicy Ignore lets writes through',
  );
}

async function tryGood(trials: WriteTrials, kind: Kind): Promise<Check> {
  const { policy, namespace, name, asker } = trials;
  const subject = `good ${kind} in namespace ${namespace}`;
  const trial = goodTrial(policy, kind, namespace, name);
  if (!trial) return warning(subject, 'the policy allows nothing that could be tried', 'see docs/policy.md');
  const { result, message } = fateOf(await write(asker, kind, namespace, trial));
  if (result === 'taken') return ok(subject, `${trial.what} is taken`);
  if (result === 'unanswered') return failed(subject, message, remedyOf(message));
  if (result === 'no right') return missingRight(subject, message, kind, namespace);
  if (result === 'otherwise')
    return notChecked(subject, `${trial.what} is refused by somebody else: ${message}`, elsewhere);
  return failed(
    subject,
    `${trial.what} is refused: ${message}`,
    'compare the policy in force with that of the installation',
  );
}

function missingRight(subject: string, message: string, kind: Kind, namespace: string): Check {
  const { resource, group } = kinds[kind];
  const what = group === '' ? resource : `${resource}.${group}`;
  return notChecked(
    subject,
    message,
    `grant create of ${what} in namespace ${namespace}, which a dry run needs too, or try as somebody who has it, with --as`,
  );
}

function write(asker: Asker, kind: Kind, namespace: string, { object }: Trial) {
  const { group, apiVersion, resource } = kinds[kind];
  const api = group === '' ? '/api/v1' : `/apis/${apiVersion}`;
  return asker.post(`${api}/namespaces/${namespace}/${resource}?dryRun=All`, object);
}

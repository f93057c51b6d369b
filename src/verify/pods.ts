import type { ReadProblem } from '../cluster/list.ts';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { type Asker, isProblem, unread } from './asker.ts';
import { type Check, failed, notChecked, ok, warning } from './check.ts';
import type { Installation } from './installation.ts';
import { readMetrics } from './metrics.ts';

/** A pod of the installation that is not being deleted. */
export interface Pod {
  readonly name: string;
  readonly address: string;
  readonly isReady: boolean;
}

/** Reads a path of a pod's operations port as text. */
export type ReadPod = (pod: Pod, path: string) => Promise<string | { readonly message: string }>;

export interface CheckedPods {
  readonly checks: readonly Check[];
  readonly pods: readonly Pod[];
}

/** More are not asked. */
const maxPods = 100;

/** Whether there are as many pods as there should be, and whether each is ready and decides by the same policy. */
export async function checkPods(
  asker: Asker,
  installation: Installation,
  namespace: string,
  digest: string | undefined,
  readPod: ReadPod,
): Promise<CheckedPods> {
  const found = await findPods(asker, installation, namespace);
  if (isProblem(found)) return { checks: [unread('pods', found, `list of pods in namespace ${namespace}`)], pods: [] };
  const pods = listOf(found.items).slice(0, maxPods).flatMap(podOf);
  const checks = [await countPods(asker, installation, namespace, pods)];
  const seen: { readonly version: string; readonly hash: string }[] = [];
  for (const pod of pods) {
    const { check, version, hash } = await checkPod(pod, digest, readPod);
    checks.push(check);
    if (version !== undefined && hash !== undefined) seen.push({ version, hash });
  }
  return { checks: [...checks, ...compareAll(seen, digest)], pods };
}

function findPods(asker: Asker, { selector }: Installation, namespace: string): Promise<Fields | ReadProblem> {
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const query = new URLSearchParams({ labelSelector: labels.join(','), limit: String(maxPods) });
  return asker.get(`/api/v1/namespaces/${namespace}/pods?${query}`);
}

function podOf(item: unknown): readonly Pod[] {
  const { metadata, status } = fieldsOf(item);
  const { name, deletionTimestamp } = fieldsOf(metadata);
  const { conditions, podIP, phase } = fieldsOf(status);
  if (deletionTimestamp !== undefined || phase === 'Succeeded' || phase === 'Failed') return [];
  const ready = listOf(conditions).map(fieldsOf);
  const isReady = ready.some(({ type, status }) => type === 'Ready' && status === 'True');
  return [{ name: String(name), address: typeof podIP === 'string' ? podIP : '', isReady }];
}

async function countPods(
  asker: Asker,
  { deployment }: Installation,
  namespace: string,
  pods: readonly Pod[],
): Promise<Check> {
  const subject = `Deployment ${deployment}`;
  const answer = await asker.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`);
  if (isProblem(answer)) {
    if (answer.status === 404) return failed(subject, 'does not exist', 'install the chart again');
    return unread(subject, answer, `get of deployments.apps in namespace ${namespace}`);
  }
  const wanted = Number(fieldsOf(answer.spec).replicas ?? 1);
  const ready = pods.filter(({ isReady }) => isReady).length;
  const words = `${ready} of ${wanted} pods are ready`;
  if (ready === 0)
    return failed(subject, `${words}: no pod answers`, `kubectl --namespace ${namespace} describe deployment,pods`);
  if (ready < wanted) return failed(subject, words, `kubectl --namespace ${namespace} describe pods`);
  return ok(subject, words);
}

interface CheckedPod {
  readonly check: Check;
  readonly version?: string | undefined;
  readonly hash?: string | undefined;
}

async function checkPod(pod: Pod, digest: string | undefined, readPod: ReadPod): Promise<CheckedPod> {
  const subject = `pod ${pod.name}`;
  const readiness = await readPod(pod, '/readyz?verbose');
  const metrics = typeof readiness === 'string' ? await readPod(pod, '/metrics') : readiness;
  if (!pod.isReady) {
    const reason = typeof readiness === 'string' ? notReady(readiness) : readiness.message;
    return { check: failed(subject, `is not ready: ${reason}`, 'read its log: `kubectl logs`') };
  }
  if (typeof metrics !== 'string' || typeof readiness !== 'string') {
    const { message } = typeof metrics === 'string' ? { message: '' } : metrics;
    const remedy = 'let the caller reach it (docs/verify.md says how), or look at its log and metrics';
    return { check: notChecked(subject, `is ready by its status, but was not read: ${message}`, remedy) };
  }
  const { version, hash, untrusted } = readMetrics(metrics);
  const check = judgePod(subject, { readiness, hash, untrusted }, digest);
  return { check, version, hash };
}

interface PodState {
  readonly readiness: string;
  readonly hash: string | undefined;
  readonly untrusted: readonly string[];
}

function judgePod(subject: string, { readiness, hash, untrusted }: PodState, digest: string | undefined): Check {
  if (hash === undefined)
    return notChecked(subject, 'says no policy in its metrics', 'see whether it is a pod of endpoints-webhook');
  if (untrusted.length > 0)
    return failed(
      subject,
      `its certificate is not trusted by the caBundle of ${untrusted.join(', ')}`,
      'see who writes the caBundle; the pods restore it within a minute',
    );
  if (digest !== undefined && hash !== digest)
    return failed(
      subject,
      `decides by policy ${hash.slice(0, 12)}, and that of the installation is ${digest.slice(0, 12)}`,
      'wait for an upgrade that is under way; else delete the pod, and see in its log why it did not take the policy',
    );
  const notes = readiness.split('\n').filter((line) => /^\[\+\].* ok \(.*(?:not|changed|stale|unknown)/.test(line));
  if (notes.length > 0) return warning(subject, `is ready, but says ${notes.join('; ')}`, 'see docs/operations.md');
  return ok(subject, `is ready, with policy ${hash.slice(0, 12)}`);
}

function notReady(readiness: string): string {
  const problems = readiness.split('\n').filter((line) => line.startsWith('[-]'));
  return problems.join('; ') || 'its readiness probe has not succeeded yet';
}

/** Where the policy of the installation is not known, all pods have to have the same one. */
function compareAll(seen: readonly { version: string; hash: string }[], digest: string | undefined): readonly Check[] {
  const versions = [...new Set(seen.map(({ version }) => version))];
  const hashes = [...new Set(seen.map(({ hash }) => hash.slice(0, 12)))];
  const checks: Check[] = [];
  if (versions.length > 1)
    checks.push(
      failed('pods', `run different versions: ${versions.join(', ')}`, 'wait for the upgrade to end, or see why not'),
    );
  if (digest === undefined && hashes.length > 1)
    checks.push(failed('pods', `decide by different policies: ${hashes.join(', ')}`, 'replace those that are old'));
  return checks;
}

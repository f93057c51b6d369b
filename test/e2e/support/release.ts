import type { Kind } from '../../../src/endpoints/view.ts';
import { api } from './api.ts';
import { readEnvironment } from './environment.ts';
import { helm } from './helm.ts';
import { mustKubectl } from './kubectl.ts';
import { kinds, path, pathOf, release, tenant } from './names.ts';
import { createNamespace } from './namespace.ts';
import { badObjects, ourTag } from './objects.ts';
import { type Outcome, succeeded } from './program.ts';
import type { Thing } from './thing.ts';
import { until } from './until.ts';

type Values = Readonly<Record<string, unknown>>;

/** `helm upgrade --install --wait` of our chart with these values and our image. */
export async function install(values: Values = {}, program = 'helm'): Promise<Outcome> {
  const { name, namespace } = release();
  const { chart } = readEnvironment();
  await createNamespace(namespace, 'restricted');
  const flags = ['--namespace', namespace, '--wait', '--timeout', '120s', '--values', '-'];
  const outcome = await helm(['upgrade', '--install', name, chart, ...flags], program, valuesText(values));
  return succeeded(outcome, `helm upgrade --install ${name}`);
}

export function valuesText(values: Values): string {
  const [registry = '', ...rest] = readEnvironment().image.split('/');
  const [repository = '', tag = ''] = rest.join('/').split(/:(?=[^/]*$)/);
  return JSON.stringify({ image: { registry, repository, tag }, ...values });
}

/** Resolves when the last pod is gone, too: the garbage collector takes its time after the API server was away. */
export async function uninstall(program = 'helm'): Promise<Outcome> {
  const { name, namespace } = release();
  const outcome = await helm(['uninstall', name, '--namespace', namespace, '--wait'], program);
  succeeded(outcome, 'helm uninstall');
  await until('all pods of ours are gone', noPods, { seconds: 120 });
  return outcome;
}

/** The break-glass command of the notes of a release, as arguments of kubectl. */
export function breakGlassWords(notes: string): readonly string[] {
  const [, words = ''] = /^ *kubectl (delete \S*webhookconfiguration\S* .*)$/m.exec(notes) ?? [];
  return words.split(' ');
}

/** The only command of the notes of our release that looks like this, as it is printed. */
export async function printedCommand(pattern: RegExp): Promise<string> {
  const { name, namespace } = release();
  const { out } = succeeded(await helm(['get', 'notes', name, '--namespace', namespace]), 'helm get notes');
  const found = out.split('\n').filter((line) => pattern.test(line));
  if (found.length !== 1) throw new Error(`${found.length} lines of the notes match ${pattern}:\n${out}`);
  return found.join();
}

/** Waits until a tenant's offending objects are refused by us, of either kind: `--wait` comes back before that. */
export async function guarding(namespace: string, seconds = 120): Promise<void> {
  for (const kind of kinds) {
    const refused = async () => ourTag.test(await refusal(namespace, kind));
    await until(`an offending ${kind} is refused by us`, refused, { seconds });
  }
}

/** The same of Services, where they are guarded. */
export async function guardingServices(namespace: string): Promise<void> {
  const service = { metadata: { name: 'probe' }, spec: { type: 'ExternalName', externalName: '169.254.169.254' } };
  const send = () => api().post(`${path(namespace, 'services')}?dryRun=All`, service, { as: tenant });
  await until('an offending Service is refused by us', async () => ourTag.test((await send()).text));
}

/** What a tenant who sends offending objects gets to read; empty when they are all taken. */
export async function refusals(namespace: string): Promise<string> {
  const texts = await Promise.all(kinds.map((kind) => refusal(namespace, kind)));
  return texts.filter((text) => text !== '').join('\n');
}

/** What a tenant who sends an offending object gets to read; empty when it is taken. */
export async function refusal(namespace: string, kind: Kind = 'Endpoints'): Promise<string> {
  const url = `${pathOf(kind, namespace)}?dryRun=All`;
  const { status, body } = await api().post(url, badObjects[kind]('probe'), { as: tenant });
  const causes = (body.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
  return status === 201 ? '' : [`${status}`, body.message, ...causes].join('\n');
}

/** Our pods that are not being deleted. */
export async function ourPods(): Promise<readonly Thing[]> {
  return (await allPods()).filter((pod) => !isDeleted(pod));
}

async function allPods(): Promise<readonly Thing[]> {
  const { name, namespace } = release();
  const selector = encodeURIComponent(`app.kubernetes.io/instance=${name},app.kubernetes.io/component=webhook`);
  const { body } = await api().get(`${path(namespace, 'pods')}?labelSelector=${selector}`);
  return body.items ?? [];
}

function isDeleted({ metadata }: Thing): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

export function isReady({ status }: Thing): boolean {
  return (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Waits until so many pods of ours are there, and ready. */
export function readyPods(count: number, seconds = 120): Promise<readonly Thing[]> {
  const ready = async () => {
    const pods = await ourPods();
    return pods.length === count && pods.every(isReady) && pods;
  };
  return until(`${count} pods of ours are ready`, ready, { seconds });
}

/** So many ready pods of the newest revision, and none that is still going: a pod that drains goes on answering. */
export async function settled(count: number): Promise<readonly Thing[]> {
  const { fullname, namespace } = release();
  await mustKubectl(['rollout', 'status', `deployment/${fullname}`, '--namespace', namespace, '--timeout', '120s']);
  return until(`${count} ready pods of ours are all that there are`, async () => {
    const pods = await allPods();
    return pods.length === count && pods.every((pod) => !isDeleted(pod) && isReady(pod)) && pods;
  });
}

/** Scales the Deployment, and waits until that many pods exist at all. */
export async function scale(replicas: number): Promise<void> {
  const { fullname, namespace } = release();
  const deployment = path(namespace, 'deployments', fullname, 'apps/v1');
  await api().patch(`${deployment}/scale`, { spec: { replicas } });
  if (replicas > 0) await readyPods(replicas);
  else await until('all pods of ours are gone', noPods, { seconds: 120 });
}

async function noPods(): Promise<boolean> {
  const { name, namespace } = release();
  const selector = encodeURIComponent(`app.kubernetes.io/instance=${name}`);
  const { body } = await api().get(`${path(namespace, 'pods')}?labelSelector=${selector}`);
  return body.items?.length === 0;
}

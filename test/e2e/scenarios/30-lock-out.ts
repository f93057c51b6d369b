import { beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { restartApiServer as restart } from '../support/api-server.ts';
import { readEnvironment } from '../support/environment.ts';
import { helm } from '../support/helm.ts';
import { kubectl, mustKubectl } from '../support/kubectl.ts';
import {
  configurationPath,
  configurations,
  freshName,
  kinds,
  path,
  pathOf,
  release,
  resourceOf,
  tenant,
} from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { badObjects, goodEndpoints, goodObjects } from '../support/objects.ts';
import { beginPhase } from '../support/phases.ts';
import { runPod } from '../support/pod.ts';
import {
  breakGlassWords,
  guarding,
  install,
  isReady,
  ourPods,
  readyPods,
  refusal,
  refusals,
  uninstall,
} from '../support/release.ts';
import { inSeconds, literally, note } from '../support/report.ts';
import { letKeeperWrite } from '../support/rights.ts';
import { controller, happens } from '../support/situation.ts';
import { situations } from '../support/situations.ts';
import type { Thing } from '../support/thing.ts';
import { createService, port, server, traffic } from '../support/traffic.ts';
import { timed, until } from '../support/until.ts';
import { ways } from '../support/way.ts';

const kubernetes = path('default', 'endpoints', 'kubernetes');

beforeAll(letKeeperWrite);

beforeAll(async () => {
  await traffic();
});

test('all pods deleted at once come back by themselves, and guard', async () => {
  const ended = beginPhase('all pods deleted at once');
  const namespace = await freshNamespace('come-back');
  await install({ shutdown: { drainSeconds: 1 } });
  await guarding(namespace);
  const { namespace: home } = release();
  await mustKubectl(['delete', 'pods', '--all', '--namespace', home, '--force']);
  const { seconds } = await timed(async () => {
    await readyPods(2);
    await guarding(namespace);
  });
  ended();
  note('lock-out', `- All pods deleted at once: guarding again after ${inSeconds(seconds)}.`);
});

describe.each(ways)('$name', ({ name, reason, pods, begin }) => {
  let namespace: string;
  let ended: () => void;

  beforeAll(async () => {
    await begin();
    namespace = await freshNamespace('lock-out');
    ended = beginPhase(name);
    await api().delete(kubernetes); // the Endpoints alone: what is sent to the Service goes by its slice
  });

  test.each(kinds)('a tenant is refused, and the message names us and the reason: %s', async (kind) => {
    const flags = ['create', '--namespace', namespace, '--filename', '-'];
    // kube-proxy is told late of what has changed: until then every write is refused for another reason
    const err = await until(`a tenant reads ${reason}`, async () => {
      const { err, code } = await kubectl(flags, { as: tenant, input: goodObjects[kind](freshName('refused')) });
      expect(code).toBe(1);
      expect(err).toContain(`failed calling webhook "${resourceOf(kind)}.validate.endpoints-webhook.io"`);
      return reason.test(err) && err;
    });
    note(
      'lock-out',
      `- ${name}: a tenant who writes ${kind} reads\n${literally(
        err
          .replaceAll(release().namespace, 'NAMESPACE')
          .replace(/\d+\.\d+\.\d+\.\d+/g, 'ADDRESS')
          .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME'),
      )}`,
    );
  });

  test.each(situations)('$kind: $title', async (situation) => {
    expect(await happens(situation, namespace)).toBe(situation.called ? 'failed calling us' : 'taken');
  });

  test.each(kinds)('a tenant may still edit labels, with kubectl: %s', async (kind) => {
    const object = badObjects[kind](freshName('labelled'));
    expect((await api().post(pathOf(kind, namespace), object, { as: controller })).status).toBe(201);
    const flags = ['label', resourceOf(kind), object.metadata.name, 'app=web', '--namespace', namespace];
    expect(await mustKubectl(flags, { as: tenant })).toContain('labeled');
  });

  test('a new Service gets Endpoints and slices, and its new pod is reached', async () => {
    const service = freshName('fresh');
    await createService(namespace, service, { app: service });
    const { seconds } = await timed(async () => {
      const pod = await runPod(namespace, service, server, { labels: { app: service }, env: { NAME: service } });
      await until('the pod stands in Endpoints and in a slice', () =>
        standsIn(namespace, service, pod.status?.podIP ?? ''),
      );
      await reached(namespace, service);
    });
    note('lock-out', `- ${name}: a new Service and its pod, reached after ${inSeconds(seconds)}.`);
  });

  test('Endpoints that a controller writes are mirrored into a slice', async () => {
    const service = freshName('mirrored');
    await createService(namespace, service, undefined, controller);
    const made = await api().post(pathOf('Endpoints', namespace), goodEndpoints(service), { as: controller });
    expect(made.status, made.text).toBe(201);
    await until('a slice has their address', () => inSlice(namespace, service, '10.1.2.3'));
  });

  test('a Service is deleted and leaves its slices behind, without their owner', async () => {
    const service = freshName('orphaned');
    await createService(namespace, service, { app: service });
    const owners = () => ownersOfSlices(namespace, service);
    await until('there is a slice, and the Service owns it', async () => (await owners())?.includes(service));
    const { seconds } = await timed(async () => {
      const flags = ['--namespace', namespace, '--cascade=orphan', '--timeout', '30s'];
      await mustKubectl(['delete', 'service', service, ...flags]);
    });
    expect(await owners()).toEqual([]);
    note('lock-out', `- ${name}: \`kubectl delete service --cascade=orphan\` took ${inSeconds(seconds)}.`);
  });

  test('default/kubernetes, deleted, is written anew by the API server', async () => {
    const address = async () => (await api().get(kubernetes)).body.subsets?.[0]?.addresses?.[0]?.ip;
    expect(await until('default/kubernetes is back', address)).toMatch(/./);
  });

  test('a namespace with objects of both kinds can be deleted', async () => {
    const doomed = await freshNamespace('doomed');
    for (const kind of kinds) {
      const made = await api().post(pathOf(kind, doomed), badObjects[kind]('web'), { as: controller });
      expect(made.status, made.text).toBe(201);
    }
    const { seconds } = await timed(() => mustKubectl(['delete', 'namespace', doomed, '--timeout', '60s']));
    note('lock-out', `- ${name}: a namespace with Endpoints and EndpointSlices, deleted in ${inSeconds(seconds)}.`);
  });

  if (pods)
    test('our own pods, deleted, come back into their Service', async () => {
      const { namespace: home, fullname } = release();
      const { seconds } = await timed(async () => {
        await mustKubectl(['delete', 'pods', '--all', '--namespace', home, '--force']);
        const [one] = await readyPods(2);
        await until('they stand in the slice of their Service', () =>
          inSlice(home, fullname, one?.status?.podIP ?? ''),
        );
      });
      note('lock-out', `- ${name}: our pods, deleted, are back in their Service after ${inSeconds(seconds)}.`);
    });

  const { restartApiServer } = readEnvironment();
  const given = needs(restartApiServer, 'give E2E_RESTART_API_SERVER=<command>');
  test('the API server, restarted, comes up and keeps default/kubernetes right', given, async () => {
    const before = (await api().get(kubernetes)).body.subsets;
    await api().delete(kubernetes);
    const { seconds } = await timed(async () => {
      await restart(restartApiServer ?? '');
    });
    const restored = async () => (await api().get(kubernetes)).body.subsets;
    expect(await until('default/kubernetes is back', restored)).toEqual(before);
    if (pods) await readyPods(2);
    else expect((await ourPods()).filter(isReady)).toEqual([]);
    note('lock-out', `- ${name}: the API server, restarted, is ready after ${inSeconds(seconds)}.`);
  });

  test('kubectl delete of the configurations lets everybody write, and helm uninstall works', async () => {
    for (const kind of kinds) expect(await refusal(namespace, kind)).toMatch(/failed calling webhook/);
    await breakGlass();
    await until('a tenant may write', async () => (await refusals(namespace)) === '');
    ended();
    const { seconds } = await uninstall();
    note('lock-out', `- ${name}: \`helm uninstall\` took ${inSeconds(seconds)}.`);
  });
});

test('helm uninstall alone works with all pods gone', async () => {
  await ways[0]?.begin();
  await uninstall();
  for (const one of configurations) expect((await api().get(configurationPath(one))).status).toBe(404);
});

/** As the notes of the release say. */
async function breakGlass(): Promise<void> {
  const { name, namespace } = release();
  const { out } = await helm(['get', 'notes', name, '--namespace', namespace]);
  await mustKubectl(breakGlassWords(out));
  for (const one of configurations) expect((await api().get(configurationPath(one))).status).toBe(404);
}

async function standsIn(namespace: string, service: string, address: string): Promise<boolean> {
  const { body } = await api().get(path(namespace, 'endpoints', service));
  const inEndpoints = body.subsets?.some(({ addresses }) => addresses?.some(({ ip }) => ip === address)) ?? false;
  return inEndpoints && (await inSlice(namespace, service, address));
}

async function inSlice(namespace: string, service: string, address: string): Promise<boolean> {
  const endpoints = (await slicesOf(namespace, service)).flatMap((slice) => slice.endpoints ?? []);
  return endpoints.some(({ addresses, conditions }) => addresses.includes(address) && conditions?.ready);
}

/** The names of all owners of a Service's slices; `undefined` while there is no slice. */
async function ownersOfSlices(namespace: string, service: string): Promise<readonly string[] | undefined> {
  const slices = await slicesOf(namespace, service);
  return slices.length === 0
    ? undefined
    : slices.flatMap(({ metadata }) => (metadata?.ownerReferences ?? []).map(({ name }) => name));
}

async function slicesOf(namespace: string, service: string): Promise<readonly Thing[]> {
  const selector = `labelSelector=kubernetes.io/service-name%3D${service}`;
  return (await api().get(`${pathOf('EndpointSlice', namespace)}?${selector}`)).body.items ?? [];
}

/** Through the API server's proxy, which any cluster has. */
async function reached(namespace: string, service: string): Promise<void> {
  const proxy = `${path(namespace, 'services', `${service}:${port}`)}/proxy/`;
  await until('the Service is reached', async () => (await api().get(proxy)).text === service);
}

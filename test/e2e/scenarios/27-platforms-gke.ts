import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { restartApiServer } from '../support/api-server.ts';
import { readEnvironment } from '../support/environment.ts';
import { folder } from '../support/folder.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { path, release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { succeeded } from '../support/program.ts';
import {
  guarding,
  install,
  isReady,
  ourPods,
  readyPods,
  refusals,
  settled,
  uninstall,
  valuesText,
} from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import type { Thing } from '../support/thing.ts';
import { timed, until } from '../support/until.ts';

// GKE makes pods of the system classes only where a quota of the namespace admits them: so does any API server that is told to.

const { restartApiServerWith: restart = '' } = readEnvironment();
const given = needs(restart, 'give E2E_RESTART_API_SERVER_WITH=<command>');

const drain = { shutdown: { drainSeconds: 1 } };
const configuration = {
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'ResourceQuotaConfiguration',
  limitedResources: [
    { resource: 'pods', matchScopes: [priorityClassIn('system-node-critical', 'system-cluster-critical')] },
  ],
};

describe('priority classes that need a quota, as on GKE', given, () => {
  let namespace: string;

  beforeAll(async () => {
    await uninstall().catch(() => {});
    await createNamespace(release().namespace, 'restricted');
    namespace = await freshNamespace('gke');
    const file = `${process.cwd()}/${folder}/quota.yaml`;
    const plugins = [{ name: 'ResourceQuota', configuration }];
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: configuration.apiVersion, kind: 'AdmissionConfiguration', plugins }),
    );
    await restartApiServer(restart, [`--admission-control-config-file=${file}`]);
  });

  afterAll(async () => {
    await uninstall().catch(() => {});
    await restartApiServer(restart, ['--admission-control-config-file=']);
  });

  test('without our quota no pod is made, and the events of the ReplicaSet say so as documented', async () => {
    await apply({ resourceQuota: { enabled: false } });
    const message = await until('the ReplicaSet says why', failure);
    expect(readFileSync('docs/platforms.md', 'utf8')).toContain(message);
    expect(await ourPods()).toEqual([]);
    expect(await refusals(namespace)).toContain('failed calling webhook');
  });

  test('with the default values two pods guard, at once after the documented restart, and helm test passes', async () => {
    await apply({});
    const { seconds } = await timed(async () => {
      await restartPods();
      await settled(2);
    });
    await guarding(namespace);
    const { name, namespace: home } = release();
    succeeded(await helm(['test', name, '--namespace', home, '--timeout', '60s']), 'helm test');
    note('platforms', `- Priority classes that need a quota: two pods ${inSeconds(seconds)} after the restart.`);
  });

  test('the class may be changed', async () => {
    await install({ ...drain, priorityClassName: 'system-node-critical' });
    await settled(2);
    await guarding(namespace);
  });

  test('an update goes through where the quota has room for one pod more', async () => {
    const podAnnotations = { 'example.com/updated': 'yes' };
    await apply({ resourceQuota: { pods: 3 }, podAnnotations });
    const updated = async () => {
      const pods = await ourPods();
      const isNew = ({ metadata }: Thing) => metadata?.annotations?.['example.com/updated'] === 'yes';
      return pods.length === 2 && pods.every((pod) => isReady(pod) && isNew(pod));
    };
    const { seconds } = await timed(() => until('both pods are new', updated, { seconds: 200 }));
    await guarding(namespace);
    note('platforms', `- An update of 2 pods under a quota of 3: ${inSeconds(seconds)}.`);
  });

  test('and so it does where the autoscaler has as many pods as it may', async () => {
    const autoscaling = { enabled: true, minReplicas: 4, maxReplicas: 4 };
    await install({ ...drain, resourceQuota: { pods: 5 }, autoscaling });
    await readyPods(4);
    await restartPods();
    await settled(4);
    await guarding(namespace);
  });
});

function priorityClassIn(...values: readonly string[]) {
  return { scopeName: 'PriorityClass', operator: 'In', values };
}

/** Waits for no pod. */
async function apply(values: object): Promise<void> {
  const { name, namespace } = release();
  const flags = ['--install', '--namespace', namespace, '--values', '-'];
  const { chart } = readEnvironment();
  const outcome = await helm(['upgrade', name, chart, ...flags], 'helm', valuesText({ ...drain, ...values }));
  succeeded(outcome, 'helm upgrade --install');
}

async function restartPods(): Promise<void> {
  const { fullname, namespace } = release();
  await mustKubectl(['rollout', 'restart', `deployment/${fullname}`, '--namespace', namespace]);
}

async function failure(): Promise<string | undefined> {
  const selector = encodeURIComponent('involvedObject.kind=ReplicaSet,reason=FailedCreate');
  const { body } = await api().get(`${path(release().namespace, 'events')}?fieldSelector=${selector}`);
  return body.items?.find(({ message }) => message?.includes('quota'))?.message;
}

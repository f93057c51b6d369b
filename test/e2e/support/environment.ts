import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the suite is told about the cluster; it finds out nothing else about how the cluster came to be. */
export interface Environment {
  readonly kubeconfig: string;
  /** Helm 3, where there is one. */
  readonly helm3: string | undefined;
  /** Prometheus, where it is. */
  readonly prometheus: string | undefined;
  readonly image: string;
  /** The chart, or a broken copy of it. */
  readonly chart: string;
  /** Name of the Helm release. */
  readonly release: string;
  /** Path of `node` inside the image. */
  readonly node: string;
  /** A shell command that ends the API server and starts it again. */
  readonly restartApiServer: string | undefined;
  /** One that takes flags of the API server, which name files of this machine, and starts it again with them. */
  readonly restartApiServerWith: string | undefined;
  /** One that takes seconds, for which the API server does nothing. */
  readonly pauseApiServer: string | undefined;
  /** Whether golden files are written anew. */
  readonly update: boolean;
  /** The name under which test/e2e/results keeps what came of the run. */
  readonly record: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function readEnvironment(env: Variables = process.env): Environment {
  return {
    kubeconfig: env.KUBECONFIG ?? '',
    helm3: find('helm3', env),
    prometheus: find('prometheus', env),
    image: env.E2E_IMAGE || 'localhost/endpoints-webhook:e2e',
    chart: env.E2E_CHART || 'charts/endpoints-webhook',
    release: env.E2E_RELEASE || 'endpoints-webhook',
    node: env.E2E_NODE || '/usr/local/bin/node',
    restartApiServer: env.E2E_RESTART_API_SERVER || undefined,
    restartApiServerWith: env.E2E_RESTART_API_SERVER_WITH || undefined,
    pauseApiServer: env.E2E_PAUSE_API_SERVER || undefined,
    update: env.E2E_UPDATE === '1',
    record: env.E2E_RECORD || undefined,
  };
}

/** What has to be there before anything can be tested, each with what to do about it. */
export function missing(env: Variables = process.env): readonly string[] {
  const found: string[] = [];
  if (!env.KUBECONFIG)
    found.push(
      'KUBECONFIG is not set: give the kubeconfig of a cluster on which you may do anything, for example of `kind create cluster`; `npm run e2e:kind` makes one',
    );
  else if (!isReadable(env.KUBECONFIG)) found.push(`KUBECONFIG names ${env.KUBECONFIG}, which cannot be read`);
  if (!find('kubectl', env)) found.push('kubectl is not on the PATH: https://kubernetes.io/docs/tasks/tools/');
  if (!find('helm', env)) found.push('helm (version 4) is not on the PATH: https://helm.sh/docs/intro/install/');
  const chart = join(env.E2E_CHART || 'charts/endpoints-webhook', 'Chart.yaml');
  if (!isReadable(chart)) found.push(`there is no chart at ${chart}: run this in the folder of the project`);
  return found;
}

function find(program: string, env: Variables): string | undefined {
  const paths = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return paths.find(isReadable);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

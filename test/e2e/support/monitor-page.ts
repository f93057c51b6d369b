import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { mustKubectl } from './kubectl.ts';
import { release } from './names.ts';

// What docs/monitor.md says of a Prometheus without its operator.

const page = readFileSync('docs/monitor.md', 'utf8');

/** The queries that it lists, one a line, and those of the pages to which it leaves the others. */
export const queries = [page, ...['docs/roll-out.md', 'docs/exemptions.md'].map((file) => readFileSync(file, 'utf8'))]
  .flatMap((text) => blocks('promql', text))
  .flatMap((text) => text.trim().split('\n'));

/** A job for Prometheus. */
interface Job {
  readonly kubernetes_sd_configs: readonly {
    readonly role: string;
    readonly selectors?: readonly { label: string }[];
  }[];
  readonly [more: string]: unknown;
}

/** Its jobs, for our release. */
export function scrapeJobs(): readonly Job[] {
  const { name, namespace } = release();
  const text = blocks('yaml').find((block) => block.startsWith('scrape_configs:')) ?? '';
  const ours = text
    .replace('job_name: endpoints-webhook', `job_name: ${name}`)
    .replace('names: [endpoints-webhook]', `names: [${namespace}]`)
    .replace('instance=endpoints-webhook', `instance=${name}`);
  return parse(ours).scrape_configs;
}

const role = 'scrape-endpoints-webhook';

/** Makes an account with the rights that it says are needed, and no others; returns a token. */
export async function createScraper(): Promise<string> {
  const { namespace } = release();
  const subjects = [{ kind: 'ServiceAccount', name: 'prometheus', namespace }];
  const group = 'rbac.authorization.k8s.io';
  const roleRef = { apiGroup: group, kind: 'ClusterRole', name: role };
  const rights = blocks('yaml').find((block) => block.startsWith(`apiVersion: ${group}`)) ?? '';
  const items = [
    ...parseAllDocuments(rights).map((document) => document.toJS()),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prometheus', namespace } },
    { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: role }, roleRef, subjects },
  ];
  await mustKubectl(['apply', '--filename', '-'], { input: { apiVersion: 'v1', kind: 'List', items } });
  return (await mustKubectl(['create', 'token', 'prometheus', '--namespace', namespace])).trim();
}

/** Takes its rights away. */
export async function removeScraper(): Promise<void> {
  await mustKubectl(['delete', `clusterrole/${role}`, `clusterrolebinding/${role}`, '--ignore-not-found']);
}

function blocks(language: string, text = page): readonly string[] {
  return [...text.matchAll(/```(\w+)\n([^`]*)```/g)].flatMap(([, of, block = '']) => (of === language ? [block] : []));
}

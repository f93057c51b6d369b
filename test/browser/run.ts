// The HTML report of an audit in a real Chromium, with scripts switched off and, against hostile names, switched on.
// --picture also prints docs/audit.png. Installs nothing: says what is missing, and fails.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '../../src/cli/audit.ts';
import { paths, type StandIn, startCluster } from '../support/cluster.ts';
import { findChromium, startChromium } from './chromium.ts';
import { hostile, policy, setScene, setTrap } from './scene.ts';

const picture = 'docs/audit.png';
const largestPicture = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'audit-page-'));
let passed = 0;
let failed = 0;

const program = findChromium();
if (program === undefined) {
  console.error('no Chromium here: install one (Debian: apt-get install chromium), or name it in CHROMIUM');
  failed++;
} else await look(program);
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function look(program: string): Promise<void> {
  const browser = await startChromium(program);
  try {
    const page = await print('page.html', (cluster) => setScene(cluster, paths));
    checkPage(await browser.open(page, 'off'));
    if (process.argv.includes('--picture')) writeFileSync(picture, await browser.picture(1100, 1400));
    check(`${picture} is smaller than ${largestPicture} bytes`, statSync(picture).size < largestPicture);
    const trap = await print('trap.html', (cluster) => {
      setScene(cluster, paths);
      setTrap(cluster, paths);
    });
    checkTrap(await browser.open(trap, 'on'));
  } finally {
    await browser.close();
  }
}

function check(what: string, holds: boolean): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
}

async function print(name: string, fill: (cluster: StandIn) => void): Promise<string> {
  const cluster = await startCluster();
  try {
    fill(cluster);
    writeFileSync(join(folder, 'kubeconfig'), cluster.kubeconfig());
    writeFileSync(join(folder, 'policy.yaml'), policy);
    const options = { kubeconfig: join(folder, 'kubeconfig'), policy: join(folder, 'policy.yaml') };
    let page = '';
    const io = { out: (text: string) => (page += text), err: () => {}, input: async () => '' };
    const date = new Date('2026-06-01T08:00:00Z');
    await audit({ ...options, output: 'html', timeout: 5000 }, '0.1.0', io, date);
    const shown = page.replaceAll(cluster.host, 'api.cluster.example:6443').replaceAll(folder, '.');
    writeFileSync(join(folder, name), shown);
    return join(folder, name);
  } finally {
    await cluster.close();
  }
}

function textOf(dom: string): string {
  const body = dom.slice(dom.indexOf('<body'));
  return body
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}

function checkPage(dom: string): void {
  const text = textOf(dom);
  for (const words of [
    'api.cluster.example:6443 , Kubernetes v1.37.2',
    '2026-06-01 08:00:00 UTC',
    '5 would be refused',
    'Endpoints gateway error forbidden-network',
    '"10.96.0.1" is inside the forbidden network 10.96.0.0/12',
    'No Service uses it yet.',
    'Suppressed: 2 objects with 4 addresses or ports of live pods of their own namespace',
    'Suppressed: 2 objects (default/kubernetes) with addresses of the API server',
    'Suppressed: 1 object in exempt namespaces',
    'In the namespaces of the cluster itself',
    'Group payments-team , in payments , by RoleBinding team',
    'Filled from roles labelled rbac.authorization.k8s.io/aggregate-to-edit=true : tenant-endpoints',
    'endpoints: patch (only postgres)',
    'ServiceAccount kube-system/endpointslice-controller (part of the cluster), in all namespaces',
    'kind: Policy mode: enforce',
  ])
    check(`the page says: ${words}`, text.includes(words));
  check('the page has no script', !/<script/i.test(dom));
  check('the page loads nothing', !/\s(?:src|href)=/i.test(dom));
  check('every table has a caption and column headers', tablesAreAccessible(dom));
}

function tablesAreAccessible(dom: string): boolean {
  const tables = dom.split('<table>').slice(1);
  return tables.length > 4 && tables.every((table) => /^<caption>/.test(table) && table.includes('<th scope="col">'));
}

function checkTrap(dom: string): void {
  check('with scripts on, hostile names ran nothing', /<title>Endpoints audit of [^<]*<\/title>/.test(dom));
  check('with scripts on, hostile names made no element', !/<(?:script|img)/i.test(dom));
  check('hostile names are shown as they are', textOf(dom).includes(hostile));
}

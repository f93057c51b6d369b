import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readPolicy } from '../../src/manifests/policy-file.ts';
import { domains, durations, groups, networks, policies, ports, users } from './texts.ts';

// `policies.ts <helm>`: whether the chart refuses what the program refuses, and lets through what the program takes.

const [, , helm = 'helm'] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'policies-'));
const differences: string[] = [];
let compared = 0;

try {
  const nat64Prefixes = networks;
  const some = { networks: networks.slice(0, 30), nat64Prefixes: networks.slice(0, 30) };
  const targets = {
    'forbidden-network': { networks, nat64Prefixes },
    'forbidden-port': { ports },
    'special-address': { nat64Prefixes },
    'foreign-pod': { nat64Prefixes: some.nat64Prefixes },
    'unclaimed-address': some,
    'service-address': some,
    'node-address': { ports, nat64Prefixes: some.nat64Prefixes },
    'service-external-ip': { allowed: some.networks },
  };
  const namespaces = [
    { match: ['a'], rules: {} },
    { match: ['b'], rules: targets },
  ];
  const refused = [
    ...sameWords('all targets', { rules: targets }),
    ...sameWords('those of a namespace', { namespaces }),
  ];
  sameWords('all good targets', without({ rules: targets, namespaces }, refused));
  sameWords('all exemptions', { exempt: [{ users }, { groups }, { users, groups }] });
  for (const clusterDomain of domains)
    sameWords(`the domain ${clusterDomain}`, { rules: { 'service-external-name': { clusterDomain } } });
  for (const text of durations)
    sameWords(`a duration of ${JSON.stringify(text)}`, {
      authorization: { cacheTTL: text },
      cluster: { staleAfter: text },
    });
  for (const [what, policy] of Object.entries(policies)) sameVerdict(what, policy);
} finally {
  rmSync(folder, { recursive: true });
}
if (differences.length > 0) console.error(differences.join('\n'));
console.log(`${helm} and the program: ${compared} policies compared, ${differences.length} differences`);
process.exitCode = differences.length > 0 || compared === 0 ? 1 : 0;

/** Where the schema has nothing against it they also say the same of each value. The result is what the program says. */
function sameWords(what: string, policy: object): readonly string[] {
  const { chart, program } = sameVerdict(what, policy);
  for (const line of program) if (!chart.includes(line)) differences.push(`${what}: only the program says ${line}`);
  for (const line of chart) if (!program.includes(line)) differences.push(`${what}: only the chart says ${line}`);
  return program;
}

function sameVerdict(what: string, policy: object) {
  compared++;
  const { taken, text, chart, printed } = byChart(policy);
  const program = byProgram(JSON.stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...policy }));
  if (taken !== (program.length === 0))
    differences.push(`${what}: the chart says ${text || 'nothing'}, the program ${program.join() || 'nothing'}`);
  for (const line of taken ? byProgram(printed) : []) differences.push(`${what}: of what the chart prints: ${line}`);
  return { chart, program };
}

function without(policy: object, refused: readonly string[]): object {
  const isBad = (list: string, index: number) => refused.some((line) => line.includes(`.${list}[${index}]: `));
  return JSON.parse(JSON.stringify(policy), (key, value) =>
    ['networks', 'allowed', 'ports', 'nat64Prefixes'].includes(key)
      ? value.filter((_: string, index: number) => !isBad(key, index))
      : value,
  );
}

/** What stands behind `policy` in the refusal, or the policy that is printed where there is none. */
function byChart(policy: object) {
  const flags = ['template', 'release', 'charts/endpoints-webhook', '--kube-version', '1.37', '--values', '-'];
  const { status, stdout, stderr } = spawnSync(helm, flags, { input: JSON.stringify({ policy }), encoding: 'utf8' });
  const chart = stderr.split('\n').flatMap((line) => /^- policy\.(.*)$/.exec(line)?.[1] ?? []);
  const maps = parseAllDocuments(stdout).map((document) => document.toJS());
  const printed: string = maps.find((object) => object?.data?.['policy.yaml'])?.data['policy.yaml'] ?? '';
  return { taken: status === 0, text: stderr.slice(0, 500), chart, printed };
}

/** What it says when it reads such a file, without line and column, and paths written as the chart writes them. */
function byProgram(text: string): readonly string[] {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, text);
  try {
    readPolicy(file);
    return [];
  } catch (error) {
    const lines = String(error).split('\n');
    return lines.map((line) => line.replace(/^.*policy\.yaml:\d+:\d+: /, '').replace(/\[([a-z][a-z-]*)\]/g, '.$1'));
  }
}

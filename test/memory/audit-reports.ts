import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';

/** A whole cluster of findings, by the process that the chart's CronJob runs, with its memory. */
const [objects, namespaces] = [20_000, 200];

const { audit, nodeOptions } = parse(readFileSync('charts/endpoints-webhook/values.yaml', 'utf8'));
const limit = Number(/^(\d+)Mi$/.exec(audit.cronJob.resources.limits.memory)?.[1]);
const share = Number(/^--max-old-space-size-percentage=(\d+)\b/.exec(nodeOptions)?.[1]);

let cluster: FakeCluster;
beforeAll(async () => {
  cluster = await startFakeCluster();
  for (let i = 0; i < objects; i++) {
    const [namespace, name] = [`team-${i % namespaces}`, `web-${i}`];
    cluster.putLazily('/api/v1/endpoints', `${namespace}/${name}`, (version) => ({
      metadata: { namespace, name, resourceVersion: String(version) },
      subsets: [
        { addresses: [{ ip: '127.0.0.1' }, { ip: '169.254.169.254' }], ports: [{ port: 80, protocol: 'SCTP' }] },
      ],
    }));
  }
});
afterAll(() => cluster.close());

/** Resolves to the exit code, what was said, and the most memory that it held, in MiB. */
async function run() {
  const flags = ['--kubeconfig', cluster.kubeconfig, '--output', 'none', '--write-reports'];
  const child = spawn(process.execPath, ['dist/endpoints-webhook.cjs', 'audit', ...flags], {
    env: { NODE_OPTIONS: `--max-old-space-size=${Math.floor((limit * share) / 100)}` },
  });
  let [said, peak] = ['', 0];
  child.stderr.on('data', (text) => (said += text));
  const watching = setInterval(() => {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus(child.pid)) ?? [];
    peak = Math.max(peak, Number(kibibytes ?? 0) / 1024);
  }, 20);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watching);
  return { code, said, peak };
}

function readStatus(pid = 0): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

test(`${objects} objects with findings in ${namespaces} namespaces become Reports within the memory of the CronJob`, async () => {
  for (const expected of [`${namespaces} Reports written, 0 unchanged`, `0 Reports written, ${namespaces} unchanged`]) {
    const began = performance.now();
    const { code, said, peak } = await run();
    console.log(`${((performance.now() - began) / 1000).toFixed(1)} s, ${peak.toFixed(0)} MiB of ${limit}: ${said}`);
    expect(said).toContain(expected);
    expect(code).toBe(0);
    expect(peak).toBeLessThan(0.8 * limit);
  }
});

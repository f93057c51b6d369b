import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../support/environment.ts';
import { folder } from '../support/folder.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { type Load, startLoad } from '../support/load.ts';
import { release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { succeeded } from '../support/program.ts';
import { guarding, install, printedCommand, settled, uninstall, valuesText } from '../support/release.ts';
import { replicasDuring } from '../support/replicas.ts';
import { inSeconds, note } from '../support/report.ts';
import { pause, timed } from '../support/until.ts';

// From the chart of an earlier commit to this one and back, and what docs/upgrade.md says of it.

/** The last one before values were added. */
const earlier = 'e42152d335';
const oldChart = `${folder}/earlier/charts/endpoints-webhook`;
const here = () => ['--namespace', release().namespace];
const waiting = ['--wait', '--timeout', '120s'];
const isThere = writeEarlierChart();
if (!isThere) note('upgrades', `- Upgrade and rollback: commit ${earlier} is not in this clone.`);

describe.runIf(isThere)('an upgrade from an earlier chart', () => {
  let load: Load;

  beforeAll(async () => {
    await uninstall().catch(() => {});
    await createNamespace(release().namespace, 'restricted');
    const flags = [...here(), ...waiting, '--values', '-'];
    const values = valuesText({ shutdown: { drainSeconds: 5 } });
    succeeded(await helm(['install', release().name, oldChart, ...flags], 'helm', values), 'helm install');
    const namespace = await freshNamespace('upgrade');
    await guarding(namespace);
    load = startLoad(namespace);
    await pause(1000);
  });

  afterAll(async () => {
    await load.stop();
    await uninstall().catch(() => {});
  });

  test('loses no call, with the values that the release has', async () => {
    const { chart } = readEnvironment();
    const upgrade = ['upgrade', release().name, chart, ...here(), ...waiting, '--reset-then-reuse-values'];
    const { seconds } = await timed(async () => succeeded(await helm(upgrade), 'helm upgrade'));
    await settled(2);
    note(
      'upgrades',
      `- ${earlier} to this commit: ${inSeconds(seconds)}, ${load.calls()} calls, ${load.lost().length} lost.`,
    );
    expect(load.lost()).toEqual([]);
  });

  test('and the rollback loses none', async () => {
    const back = ['rollback', release().name, '1', ...here(), ...waiting];
    const { seconds } = await timed(async () => succeeded(await helm(back), 'helm rollback'));
    await settled(2);
    await pause(1000);
    note('upgrades', `- And back: ${inSeconds(seconds)}, ${load.calls()} calls in all, ${load.lost().length} lost.`);
    expect(load.lost()).toEqual([]);
  });

  test('works by the command of the notes of the earlier chart, too', async () => {
    const printed = await printedCommand(/failurePolicy=Ignore/);
    const words = printed.trim().replace('<chart>', readEnvironment().chart).split(' ').slice(1);
    succeeded(await helm([...words, ...waiting]), printed);
    await settled(2);
  });
});

describe('the autoscaler is switched on', () => {
  beforeAll(async () => {
    await install({ shutdown: { drainSeconds: 1 } });
    await settled(2);
  });

  afterAll(() => uninstall().catch(() => {}));

  test('without a moment of one pod, where somebody else owns the number first', async () => {
    const metadata = { name: release().fullname, namespace: release().namespace };
    const input = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 2 } };
    await mustKubectl(['apply', '--server-side', '--field-manager', 'handover', '--filename', '-'], { input });
    const seen = await replicasDuring(() => install({ shutdown: { drainSeconds: 1 }, autoscaling: { enabled: true } }));
    note('upgrades', `- Autoscaling switched on after the handover: replicas ${seen.join(', ')}.`);
    expect(seen).toEqual([2]);
  });
});

function writeEarlierChart(): boolean {
  try {
    mkdirSync(`${folder}/earlier`, { recursive: true });
    const archive = execFileSync('git', ['archive', earlier, 'charts/endpoints-webhook'], { stdio: 'pipe' });
    execFileSync('tar', ['--extract', '--directory', `${folder}/earlier`], { input: archive });
    return true;
  } catch {
    return false;
  }
}

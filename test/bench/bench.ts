// What a request costs, as a multiple of what a bare server costs in the same run: `npm run bench`. `-- --report` prints the figures into
// docs/performance.md, `--quick` measures too little for a figure and sees that everything answers rightly, and `--before <bundle>` has an
// older bundle beside ours. `npm run bench -- follow` measures what following the pods of a cluster costs instead, and `-- holders`
// what the rules cost that have to know it.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { besideLarge } from './beside.ts';
import { compareServers, goalsTable, type Row, serversTable } from './compared.ts';
import { startGo } from './controller-runtime.ts';
import { measureFollowing } from './follow.ts';
import { growthTable, growWithAddresses, growWithConnections, growWithNetworks } from './growth.ts';
import { holdersTables } from './holders.ts';
import { measureStart } from './idle.ts';
import { networksTable } from './networks.ts';
import { createPanels } from './panels.ts';
import { type Sections, writeOwnRun, writeReport } from './report.ts';
import { networks } from './reviews.ts';
import { figure, table } from './table.ts';
import { memory, pinned, startBaseline, startExpress, startFastify, startWebhook, type Target } from './targets.ts';
import { verifyRules } from './verify.ts';
import { worstTable } from './worst.ts';

const {
  values: { quick, report, before, rounds },
  positionals,
} = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    before: { type: 'string' },
    rounds: { type: 'string', default: '7' },
  },
});
const [only] = positionals;
if (only !== undefined && only !== 'follow' && only !== 'holders')
  throw new Error(`there is no bench ${only}: follow, holders, or none for all but these`);
if (quick && report) throw new Error('--report needs a full run: leave out --quick');
if (only === 'follow') {
  const figures = await measureFollowing(quick ? [1000] : [1000, 10_000, 100_000, 300_000], quick ? 2 : 10);
  console.log(figures);
  if (report) writeOwnRun('follow', figures);
  process.exit(0);
}
if (only === 'holders') {
  const figures = holdersTables(quick ? 1000 : 100_000, quick ? 3 : 400);
  console.log(figures);
  if (report) writeOwnRun('holders', figures);
  process.exit(0);
}
// In a folder of its own: the image in dist stays.
const folder = 'dist/bench';
const bundle = `${folder}/endpoints-webhook.cjs`;
const pace = quick ? { rounds: 1, milliseconds: 200 } : { rounds: Number(rounds), milliseconds: 2000 };
const growthPace = quick ? pace : { rounds: Math.min(3, pace.rounds), milliseconds: 1000 };
const sections: Sections = {};

function tell(id: keyof Sections, text: string): void {
  sections[id] = text;
  console.log(`\n${id}\n${text}`);
}

execFileSync(process.execPath, ['scripts/build.ts', folder]);
const go = await startGo();
tell('machine', describeMachine());
tell('start', await measureStart(bundle, quick ? 1 : 7));
const baseline = await startBaseline();
const [ours, guarded] = [await startOurs(), await startOurs(networks(50))];
const others = [await startExpress(), await startFastify(), ...(go ? [go] : [])];
await verifyRules([...ours, ...others]);
const rows = await compareServers({ baseline, ours, guarded, others }, pace, tellRow);
tell('goals', goalsTable(rows));
tell('servers', serversTable(rows));
const growths = [
  await growWithAddresses([baseline, ...ours], growthPace),
  await growWithNetworks(baseline, bundle, growthPace),
  await growWithConnections([baseline, ...ours], growthPace),
];
for (const growth of growths) tell(growth.of, growthTable(growth));
tell('beside', await besideLarge([baseline, ...ours, ...others], growthPace));
tell('memory', memoryTable([baseline, ...ours, ...others]));
tell('forbidden-network', networksTable(quick ? 3 : 50));
tell('worst', worstTable(quick ? 1 : 5));
if (report) writeReport(sections, createPanels(rows, growths));
process.exit(0);

/** The bundle, and an older one beside it. */
async function startOurs(forbidden: readonly string[] = []): Promise<readonly Target[]> {
  const own = await startWebhook('endpoints-webhook', bundle, forbidden);
  return before === undefined ? [own] : [own, await startWebhook('before', before, forbidden)];
}

/** While a run goes on: it takes a quarter of an hour. */
function tellRow({ review, addresses, results }: Row): void {
  const each = results.map(
    ({ target, medians, ratios }) => `${target.name} ${figure(medians.cpu)} µs × ${ratios.cpu.median.toFixed(2)}`,
  );
  console.log(`${review} ${addresses}: ${each.join(', ')}`);
}

function describeMachine(): string {
  const processors = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
  const cores = pinned ? 'server and client with a core each' : 'server and client on any core';
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  const facts = {
    Commit: commit,
    Node: process.version,
    Processors: `${processors}, ${cores}`,
    Rounds: `${pace.rounds} of ${pace.milliseconds / 1000} s; for what grows ${growthPace.rounds} of ${growthPace.milliseconds / 1000} s`,
    Date: new Date().toISOString().slice(0, 10),
  };
  return table(['of this run', ''], Object.entries(facts));
}

function memoryTable(targets: readonly Target[]): string {
  return table(
    ['server', '>MiB after all of it', '>MiB at most'],
    targets.map((target) => {
      const { resident, peak } = memory(target);
      return [target.name, figure(resident), figure(peak)];
    }),
  );
}

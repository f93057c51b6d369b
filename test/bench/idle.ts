import { setTimeout as sleep } from 'node:timers/promises';
import { idleGoalMebibytes, startGoalMilliseconds } from './goals.ts';
import { spreadOf } from './measure.ts';
import { figure, table } from './table.ts';
import { compile, memory, startBaseline, startWebhook, stop, type Target } from './targets.ts';

/** How long the bundle takes until it listens, and what it holds 1.5 s later, with the limits that it has by default. */
export async function measureStart(bundle: string, times: number): Promise<string> {
  const own = await repeat(times, () => startWebhook('endpoints-webhook', bundle, [], []));
  const compiled = compile(bundle);
  const image = await repeat(times, () => startWebhook('compiled', bundle, [], [], compiled));
  const bare = await repeat(times, startBaseline);
  const goals = [`≤ ${startGoalMilliseconds}`, `≤ ${idleGoalMebibytes}`];
  return table(
    ['server', '>ready after ms: median', '>worst', 'goal', '>idle MiB: median', '>worst', 'goal'],
    [
      row('endpoints-webhook', own, goals),
      row('the same, compiled before as in the image', image, goals),
      row('baseline', bare, ['', '']),
    ],
  );
}

interface Started {
  readonly milliseconds: number;
  readonly mebibytes: number;
}

async function repeat(times: number, start: () => Promise<Target>): Promise<readonly Started[]> {
  const all = [];
  for (let i = 0; i < times; i++) {
    const target = await start();
    await sleep(1500);
    all.push({ milliseconds: target.startMilliseconds, mebibytes: memory(target).resident });
    await stop(target);
  }
  return all;
}

function row(name: string, all: readonly Started[], goals: readonly string[]): readonly string[] {
  const keys = ['milliseconds', 'mebibytes'] as const;
  return [
    name,
    ...keys.flatMap((key, i) => {
      const { median, most } = spreadOf(all.map((one) => one[key]));
      return [figure(median), figure(most), goals[i] ?? ''];
    }),
  ];
}

import { judgeBody } from '../../src/admission/judge-body.ts';
import type { Webhook } from '../../src/admission/outcome.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { validReview } from './bodies.ts';
import { table } from './table.ts';
import { excessive, worst } from './worst-bodies.ts';

/** How long the worst input takes to be judged, in ms: everything from the body to the answer's text, in this process. */
export function worstTable(repetitions: number): string {
  const bodies = { '10,000 valid addresses': () => validReview(10_000), ...worst, ...excessive };
  const rows = Object.entries(bodies).map(([name, make]) => {
    const body = make();
    const cells = (['validate', 'mutate'] as const).map((webhook) => timed(body, webhook, repetitions));
    return [name, (body.length / 1e6).toFixed(1), ...cells];
  });
  return table(['body', '>MB', '>validate: median (worst)', '>mutate'], rows);
}

const policy = defaultPolicy();

function timed(body: Buffer, webhook: Webhook, repetitions: number): string {
  const times = Array.from({ length: repetitions }, () => {
    const began = performance.now();
    judgeBody(body, webhook, policy);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return `${times[times.length >> 1]?.toFixed(0)} (${times.at(-1)?.toFixed(0)})`;
}

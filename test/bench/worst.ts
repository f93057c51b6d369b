import { findExcess } from '../../src/admission/measure.ts';
import { decodeReview } from '../../src/admission/request.ts';
import { createVerdictResponse, encodeReview } from '../../src/admission/response.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { mutate } from '../../src/review/mutate.ts';
import { review } from '../../src/review/review.ts';
import { validReview } from './bodies.ts';
import { table } from './table.ts';
import { excessive, worst } from './worst-bodies.ts';

/** How long the worst input holds the event loop, in ms: everything from the last byte of the body to the answer's text. */
export function worstTable(repetitions: number): string {
  const bodies = { '10,000 valid addresses': () => validReview(10_000), ...worst, ...excessive };
  const rows = Object.entries(bodies).map(([name, make]) => {
    const body = make();
    const cells = [validate, mutation].map((hold) => timed(() => hold(body), repetitions));
    return [name, (body.length / 1e6).toFixed(1), ...cells];
  });
  return table(['body', '>MB', '>validate: median (worst)', '>mutate'], rows);
}

const policy = defaultPolicy();

function validate(body: Buffer): void {
  const request = read(body);
  if (request?.kind)
    encodeReview(
      createVerdictResponse(request, review(policy, { ...request, kind: request.kind, operation: 'CREATE' })),
    );
}

function mutation(body: Buffer): void {
  const request = read(body);
  if (request?.kind) JSON.stringify(mutate(policy, { ...request, kind: request.kind, operation: 'CREATE' }));
}

function read(body: Buffer) {
  return findExcess(body) ? undefined : decodeReview(body.toString('latin1')).request;
}

function timed(hold: () => void, repetitions: number): string {
  const times = Array.from({ length: repetitions }, () => {
    const began = performance.now();
    hold();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return `${times[times.length >> 1]?.toFixed(0)} (${times.at(-1)?.toFixed(0)})`;
}

import { load, openConnections } from './client.ts';
import { certificate, cpuMicroseconds, type Target } from './targets.ts';

export interface Sample {
  readonly rps: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of server CPU a request. */
  readonly cpu: number;
}

/** What one target did in all rounds. */
export interface Result {
  readonly target: Target;
  readonly medians: Sample;
  /** To the first target, round by round. */
  readonly ratios: { readonly rps: Spread; readonly cpu: Spread };
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface Work {
  readonly body: Buffer;
  readonly allowed: boolean;
  readonly connections: number;
}

export interface Pace {
  readonly rounds: number;
  readonly milliseconds: number;
}

/**
 * Interleaved, so that whatever else the machine does falls on all of them; each round begins with another, since whoever comes after the
 * baseline was seen to look up to a tenth dearer. What comes before them, until V8 has compiled what it will, is not counted. Rejects on a wrong answer.
 */
export async function compare(targets: readonly Target[], work: Work, pace: Pace): Promise<readonly Result[]> {
  const samples = new Map<Target, Sample[]>(targets.map((target) => [target, []]));
  for (const target of targets) await measure(target, work, pace.milliseconds * 1.5);
  for (let round = 0; round < pace.rounds; round++) {
    const first = round % targets.length;
    for (const target of [...targets.slice(first), ...targets.slice(0, first)])
      samples.get(target)?.push(await measure(target, work, pace.milliseconds));
  }
  const baseline = samples.get(targets[0] as Target) ?? [];
  return [...samples].map(([target, own]) => ({
    target,
    medians: mediansOf(own),
    ratios: { rps: ratio(own, baseline, 'rps'), cpu: ratio(own, baseline, 'cpu') },
  }));
}

/** The baseline allows whatever it is sent. `begin` is awaited between connecting and the load. */
export async function measure(
  target: Target,
  work: Work,
  milliseconds: number,
  begin = async () => {},
): Promise<Sample> {
  const { body, connections } = work;
  const expected = `"allowed":${target.name === 'baseline' || work.allowed}`;
  const request = { path: '/validate', body, expected };
  const explain = (cause: unknown) => {
    throw new Error(`${target.name} did not answer ${expected}`, { cause });
  };
  const at = { port: target.port, ca: certificate, count: connections };
  const sockets = await openConnections(at, request).catch(explain);
  await begin();
  const cpuBefore = cpuMicroseconds(target);
  const began = performance.now();
  const answered = await load({ ...request, sockets, milliseconds }).catch(explain);
  const seconds = (performance.now() - began) / 1000;
  const used = cpuMicroseconds(target) - cpuBefore;
  for (const socket of sockets) socket.destroy();
  const times = answered.toSorted((a, b) => a - b);
  const quantile = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { rps: times.length / seconds, p50: quantile(0.5), p99: quantile(0.99), cpu: used / times.length };
}

export function mediansOf(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample) => spreadOf(samples.map((sample) => sample[key])).median;
  return { rps: of('rps'), p50: of('p50'), p99: of('p99'), cpu: of('cpu') };
}

function ratio(own: readonly Sample[], baseline: readonly Sample[], key: keyof Sample): Spread {
  return spreadOf(own.map((sample, i) => sample[key] / (baseline[i]?.[key] ?? Number.NaN)));
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  return { median: at(sorted.length >> 1), least: at(0), most: at(sorted.length - 1) };
}

/** What was seen in a run. */
export interface Tally {
  readonly counts: Map<string, number>;
  /** What makes the run fail, and how often. */
  readonly faults: Map<string, number>;
  /** Of small honest reviews: seconds since the start, and milliseconds to the answer. */
  readonly times: { readonly at: number; readonly took: number }[];
  /** Seconds since the start, and bytes that the process held; of its heap, what was in use, which a collection has just lowered or not. */
  readonly resident: { readonly at: number; readonly bytes: number }[];
  readonly heap: { readonly at: number; readonly bytes: number }[];
}

export function createTally(): Tally {
  return { counts: new Map(), faults: new Map(), times: [], resident: [], heap: [] };
}

export function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** A run this long is judged by its memory and its times; a shorter one has not warmed up. */
const judgedSeconds = 300;

const [maxGrowthOfMemory, maxGrowthOfHeap, maxGrowthOfP99] = [1.05, 1.25, 1.2];

/** Prints what was seen. Returns what makes the run fail. */
export function conclude(tally: Tally, seconds: number): readonly string[] {
  for (const [what, count] of [...tally.counts].sort()) console.log(`${String(count).padStart(9)} ${what}`);
  const grown = findGrowth(tally, seconds);
  const faults = [...tally.faults].map(([what, count]) => `${count} × ${what}`);
  if (seconds >= judgedSeconds) return [...faults, ...grown];
  console.log(`they are judged in runs of ${judgedSeconds} s or more`);
  return faults;
}

/**
 * Compares the last minute with the first that comes after three of warm-up, by when allocators have taken what they keep; shorter runs have
 * shorter minutes. Of memory the least counts: the rest is that of requests under way.
 */
function findGrowth({ resident, heap, times }: Tally, seconds: number): readonly string[] {
  const length = Math.min(60, seconds / 3);
  const warmUp = Math.min(180, seconds * 0.3);
  const windows = [warmUp, seconds - length];
  const span = `the last ${length.toFixed(0)} s, and in the first after ${warmUp.toFixed(0)} s of warm-up`;
  const within = <T extends { readonly at: number }>(all: readonly T[], read: (one: T) => number, share: number) =>
    windows.map((from) => quantile(all.filter(({ at }) => at >= from && at < from + length).map(read), share));
  const minutes = Array.from({ length: Math.ceil(seconds / 60) }, (_, i) =>
    quantile(resident.filter(({ at }) => at >= 60 * i && at < 60 * (i + 1)).map(mebibytes), 0).toFixed(1),
  );
  console.log(`RSS in MiB (least) in each minute: ${minutes.join(', ')}`);
  return [
    compareWindows(`RSS in MiB (least) in ${span}`, within(resident, mebibytes, 0), maxGrowthOfMemory),
    compareWindows(`heap in use in MiB (least) in ${span}`, within(heap, mebibytes, 0), maxGrowthOfHeap),
    compareWindows(
      `p99 in ms of small reviews in ${span}`,
      within(times, ({ took }) => took, 0.99),
      maxGrowthOfP99,
    ),
  ].flatMap((problem) => problem ?? []);
}

const mebibytes = ({ bytes }: { readonly bytes: number }) => bytes / 2 ** 20;

function compareWindows(what: string, [first = 0, last = 0]: readonly number[], most: number): string | undefined {
  const line = `${what}: ${last.toFixed(1)}, ${first.toFixed(1)}`;
  console.log(line);
  return last <= first * most ? undefined : `${line}: more than ${most} times as much`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

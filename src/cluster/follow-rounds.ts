import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, createBackoff } from './backoff.ts';
import type { Freshness } from './follow-freshness.ts';
import { readWhole } from './follow-list.ts';
import type { ListReason, Source } from './follow-source.ts';
import { watch } from './follow-watch.ts';
import { problemOf } from './outcome.ts';
import { Setback } from './setback.ts';

/** Lists and watches by turns, until it is closed. */
export interface Rounds {
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** What goes on. */
interface State {
  readonly backoff: Backoff;
  /** The version to watch from, or why it has to be listed first. */
  from: { readonly version: string } | { readonly why: ListReason };
  /** Ends what is going on. */
  turn: AbortController;
  isListing: boolean;
  isClosed: boolean;
  /** For the next list that is begun. */
  wanted: PromiseWithResolvers<void> | undefined;
}

export function startRounds(source: Source, freshness: Freshness): Rounds {
  const state: State = {
    backoff: createBackoff(source.settings),
    from: { why: 'start' },
    turn: new AbortController(),
    isListing: false,
    isClosed: false,
    wanted: undefined,
  };
  const ended = run(state, source, freshness);
  return {
    refresh() {
      if (state.isClosed) return Promise.reject(new Error(closed));
      state.wanted ??= Promise.withResolvers();
      state.wanted.promise.catch(() => {}); // whoever does not wait need not catch
      if (!state.isListing) state.turn.abort();
      return state.wanted.promise;
    },
    close() {
      state.isClosed = true;
      state.turn.abort();
      return ended;
    },
  };
}

const closed = 'it is not followed any more';

async function run(state: State, source: Source, freshness: Freshness): Promise<void> {
  while (!state.isClosed) {
    const { signal } = state.turn;
    const wait = await advance(state, source, freshness).catch((error: unknown) =>
      signal.aborted ? 0 : stumble(error, state, source),
    );
    if (wait > 0 && !state.wanted) await sleep(wait, undefined, { signal }).catch(() => {});
    if (signal.aborted && !state.isClosed) state.turn = new AbortController();
  }
  state.wanted?.reject(new Error(closed));
}

/** Resolves to how many milliseconds to wait before the next. Throws where it has failed. */
async function advance(state: State, source: Source, freshness: Freshness): Promise<number> {
  const { backoff, from, wanted } = state;
  if ('why' in from || wanted) return list(state, source, freshness);
  let openedAt = Number.POSITIVE_INFINITY;
  const hasLasted = () => performance.now() - openedAt >= source.settings.goodWatch;
  const hooks = {
    opened() {
      openedAt = performance.now();
      freshness.opened();
    },
    moved(version: string) {
      freshness.moved();
      state.from = { version };
    },
  };
  try {
    await watch(source, from.version, hooks, state.turn.signal);
  } finally {
    freshness.closed(hasLasted());
    if (hasLasted()) backoff.reset();
  }
  return hasLasted() ? 0 : backoff.next();
}

async function list(state: State, source: Source, freshness: Freshness): Promise<number> {
  const { from, wanted, backoff, turn } = state;
  state.wanted = undefined;
  state.isListing = true;
  try {
    const version = await readWhole(source, turn.signal, () => mustList(state, 'problem'));
    freshness.listed();
    if (version === undefined) freshness.opened();
    state.from = version === undefined ? { why: 'refresh' } : { version };
    source.listed(wanted || !('why' in from) ? 'refresh' : from.why);
    wanted?.resolve();
    if (version !== undefined) return 0;
    backoff.reset();
    return source.settings.missingInterval;
  } catch (error) {
    freshness.closed(true);
    wanted?.reject(new Error(state.isClosed ? closed : explain(error, source), { cause: error }));
    throw error;
  } finally {
    state.isListing = false;
  }
}

/** A reason that is there already remains. */
function mustList(state: State, why: ListReason): void {
  if ('version' in state.from) state.from = { why };
}

/** Says what went wrong, and returns how many milliseconds to wait. */
function stumble(error: unknown, state: State, source: Source): number {
  const { expired, relist, retryAfterSeconds } = error instanceof Setback ? error.details : {};
  if (expired || relist) mustList(state, expired ? 'expired' : 'problem');
  if (expired) return state.backoff.nextAtOnce();
  source.problem(explain(error, source));
  return state.backoff.next(retryAfterSeconds);
}

function explain(error: unknown, { connection }: Source): string {
  return error instanceof Setback ? error.message : problemOf(error, connection);
}

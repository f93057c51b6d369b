import { createSaturation, type Saturation } from './saturation.ts';

export interface BudgetLimits {
  /** Of all bodies and answers that are in memory. */
  readonly inFlightBytes: number;
  /** Of one body. */
  readonly bodyBytes: number;
  /** The part of the budget that one client may hold: more than 0, and 1 at most. */
  readonly maxSharePerClient: number;
}

/** How many bytes are held, and how many of them by requests that are not small. */
export interface Usage {
  bytes: number;
  largeBytes: number;
}

export function createUsage(): Usage {
  return { bytes: 0, largeBytes: 0 };
}

/** What all requests together, and those of one client, may hold and do hold. */
export interface Budget {
  readonly limits: Usage;
  readonly limitsOfClient: Usage;
  readonly usage: Usage;
  /** Whether there is no room for one more small request. */
  readonly saturation: Saturation;
}

/** A review of more than 1,000 addresses. */
export const maxSmallBytes = 256 * 1024;

/** The main thread judges no review with more values, whatever it holds: the worst with as many takes it 20 ms. */
export const maxMainThreadValues = 3000;

/** What is no larger has no more values: each takes two bytes at least. */
export const maxMainThreadBytes = 2 * maxMainThreadValues;

/** Mutating takes less time, so of such reviews the values are not even counted. */
export const maxMutationBytes = 16 * 1024;

/** The part of the budget, and of a client's part of it, that only small requests may take: one of them at least. */
const reserve = 0.25;

/** The largest body that fits in beside the reserve. One that is small itself may take all. */
export function mostBodyBytes(inFlightBytes: number): number {
  const largeBytes = Math.min((1 - reserve) * inFlightBytes, inFlightBytes - maxSmallBytes);
  return Math.floor(Math.max(largeBytes, Math.min(inFlightBytes, maxSmallBytes)));
}

/** The smallest budget that has room for such a body. */
export function leastInFlightBytes(bodyBytes: number): number {
  if (bodyBytes <= maxSmallBytes) return bodyBytes;
  return Math.ceil(Math.max(bodyBytes / (1 - reserve), bodyBytes + maxSmallBytes));
}

/** A client may always have one body of the largest size and a small one, however small its part is. */
export function createBudget({ inFlightBytes, bodyBytes, maxSharePerClient }: BudgetLimits): Budget {
  const largeBytes = Math.max(mostBodyBytes(inFlightBytes), bodyBytes);
  const largeOfClient = Math.max(maxSharePerClient * (1 - reserve) * inFlightBytes, bodyBytes);
  const smallOfClient = Math.max(maxSharePerClient * reserve * inFlightBytes, maxSmallBytes);
  return {
    limits: { bytes: inFlightBytes, largeBytes },
    limitsOfClient: {
      bytes: Math.max(maxSharePerClient * inFlightBytes, largeOfClient + smallOfClient),
      largeBytes: largeOfClient,
    },
    usage: createUsage(),
    saturation: createSaturation(),
  };
}

/** Why bytes may not be held: all requests together hold too many, or those of the same client. */
export type Overload = 'overloaded' | 'client-overloaded';

/** What one request holds of the budget. */
export interface Share {
  /** Holds this many bytes from now on, and says if that is too much. */
  hold(bytes: number): Overload | undefined;
  /** Holds at least this many bytes; where that is too much it changes nothing, and says so. */
  claim(bytes: number): Overload | undefined;
}

/** `client`: what its client holds. `declaredBytes`: a request that says that it will not be small never counts as small. */
export function createShare(budget: Budget, client: Usage, declaredBytes: number): Share {
  let held = 0;
  let large = 0;
  const set = (bytes: number) => {
    const nowLarge = bytes > maxSmallBytes || declaredBytes > maxSmallBytes ? bytes : 0;
    add(budget.usage, bytes - held, nowLarge - large);
    add(client, bytes - held, nowLarge - large);
    [held, large] = [bytes, nowLarge];
    const room = Math.min(maxSmallBytes, budget.limits.bytes / 8);
    budget.saturation.update(budget.usage.bytes + room > budget.limits.bytes);
  };
  const overload = () => {
    if (exceeds(budget.usage, budget.limits, large)) return 'overloaded';
    const isAlone = client.bytes === held; // then only the budget binds it: a client may always have one answer
    return !isAlone && exceeds(client, budget.limitsOfClient, large) ? 'client-overloaded' : undefined;
  };
  return {
    hold(bytes) {
      set(bytes);
      return overload();
    },
    claim(bytes) {
      const before = held;
      if (bytes <= before) return undefined;
      set(bytes);
      const refused = overload();
      if (refused) set(before);
      return refused;
    },
  };
}

function add(usage: Usage, bytes: number, largeBytes: number): void {
  usage.bytes += bytes;
  usage.largeBytes += largeBytes;
}

/** A small request is not refused for what large ones hold beyond their limit, as one large answer may. */
function exceeds({ bytes, largeBytes }: Usage, limits: Usage, large: number): boolean {
  const excess = Math.max(0, largeBytes - limits.largeBytes);
  return bytes - excess > limits.bytes || (large > 0 && excess > 0);
}

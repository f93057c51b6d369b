import type { Spread } from './measure.ts';

interface Goal {
  /** CPU a request, at most, and requests a second, at least: as multiples of the baseline's in the same round. */
  readonly cpu: number;
  readonly rps: number;
}

/** Of a CREATE that is allowed, by its addresses. */
const goals: Readonly<Record<number, Goal>> = {
  3: { cpu: 1.5, rps: 0.7 },
  100: { cpu: 1.1, rps: 0.95 },
  1000: { cpu: 0.8, rps: 1.3 },
  5000: { cpu: 0.75, rps: 1.4 },
};

/** How much worse everything else may be. */
const allowance = 1.25;

/** The goal for reviews of so many addresses; `undefined` where there is none. */
export function goalFor(addresses: number, isPlainCreate: boolean): Goal | undefined {
  const goal = goals[addresses];
  return !goal || isPlainCreate ? goal : { cpu: goal.cpu * allowance, rps: goal.rps / allowance };
}

/** The goal, and whether the median reaches it. */
export function judgeGoal(goal: Goal | undefined, key: keyof Goal, { median }: Spread): string {
  if (!goal) return '';
  const isMet = key === 'cpu' ? median <= goal.cpu : median >= goal.rps;
  return `${key === 'cpu' ? '≤' : '≥'} ${goal[key].toFixed(2)} ${isMet ? 'met' : 'missed'}`;
}

export const idleGoalMebibytes = 75;
export const startGoalMilliseconds = 250;

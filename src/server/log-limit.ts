import type { Logger } from 'pino';

/** Whoever sends reviews must not fill disks, nor hide other lines. */
const maxLinesPerSecond = 100;

/**
 * Returns a function that says whether one more line about a review may be logged. What was left out is counted in a line of its own,
 * within a second.
 */
export function createLogLimit(log: Logger): () => boolean {
  let began = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let leftOut = 0;
  const report = () => {
    log.warn({ leftOut }, `lines about reviews were left out: more than ${maxLinesPerSecond} in a second`);
    leftOut = 0;
  };
  return () => {
    const now = performance.now();
    if (now - began >= 1000) [began, lines] = [now, 0];
    if (lines++ < maxLinesPerSecond) return true;
    if (leftOut++ === 0) setTimeout(report, began + 1000 - now);
    return false;
  };
}

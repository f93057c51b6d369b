/** The longest time a request may take, in milliseconds, whatever its caller grants. */
export const maxTimeLimitMilliseconds = 10_000;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * How long a request may take, in milliseconds: 80 % of the `timeout` in its query (a Go duration such as `5s` or `1m30s`; the API
 * server always sends it), so that the answer arrives before the caller gives up.
 */
export function readTimeLimit(url: string): number {
  const duration = /[?&]timeout=((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)(?:&|$)/.exec(url)?.[1];
  if (duration === undefined) return maxTimeLimitMilliseconds;
  let milliseconds = 0;
  for (const [, number, unit = ''] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    milliseconds += Number(number) * (units[unit] ?? 0);
  return milliseconds > 0 ? Math.min(milliseconds * 0.8, maxTimeLimitMilliseconds) : maxTimeLimitMilliseconds;
}

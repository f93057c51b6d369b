import { parseDuration } from '../policy/duration.ts';

/** How long a request may take, whatever its caller grants. */
const maxTimeLimitMilliseconds = 10_000;

/**
 * How long a request may take, in milliseconds: 80 % of the `timeout` in its query (a Go duration such as `5s` or `1m30s`; the API
 * server always sends it), so that the answer arrives before the caller gives up.
 */
export function readTimeLimit(url: string): number {
  if (url !== last.url) last = { url, milliseconds: parseTimeLimit(url) };
  return last.milliseconds;
}

/** An API server sends the same one with every review. */
let last = { url: '', milliseconds: maxTimeLimitMilliseconds };

function parseTimeLimit(url: string): number {
  const timeout = /[?&]timeout=([^&]*)/.exec(url)?.[1] ?? '';
  const milliseconds = parseDuration(timeout) ?? 0;
  return milliseconds > 0 ? Math.min(milliseconds * 0.8, maxTimeLimitMilliseconds) : maxTimeLimitMilliseconds;
}

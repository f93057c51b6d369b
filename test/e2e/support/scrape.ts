import { expect } from 'vitest';
import { api } from './api.ts';
import { path, release } from './names.ts';
import { ourPods } from './release.ts';

type Result = 'allowed' | 'refused' | 'unanswered' | 'cached';

/** How often our pods, together, asked the authorizer, by what it said. */
export async function accessReviews(): Promise<Readonly<Record<Result, number>>> {
  const sums = { allowed: 0, refused: 0, unanswered: 0, cached: 0 };
  for (const { metadata } of await ourPods()) {
    const pod = path(release().namespace, 'pods', `${metadata?.name}:8080`);
    const { status, text } = await api().get(`${pod}/proxy/metrics`);
    expect(status, text).toBe(200);
    for (const [, result, count] of text.matchAll(/^\w*access_reviews_total\{result="(\w+)"\} (\d+)$/gm))
      sums[result as Result] += Number(count);
  }
  return sums;
}

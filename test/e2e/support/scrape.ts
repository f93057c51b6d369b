import { expect } from 'vitest';
import { api } from './api.ts';
import { path, release } from './names.ts';
import { ourPods } from './release.ts';

type Result = 'allowed' | 'refused' | 'unanswered' | 'cached';

/** How often our pods, together, asked the authorizer, by what it said. */
export async function accessReviews(): Promise<Readonly<Record<Result, number>>> {
  return { allowed: 0, refused: 0, unanswered: 0, cached: 0, ...(await sums('access_reviews_total', 'result')) };
}

/** How many connections our pods, together, refused for want of a client certificate, by reason. */
export function refusedClients(): Promise<Readonly<Record<string, number>>> {
  return sums('refused_clients_total', 'reason');
}

/** How many changes of each configuration by others our pods, together, have seen. */
export function foreignChanges(): Promise<Readonly<Record<string, number>>> {
  return sums('foreign_changes_total', 'configuration');
}

/** How many of our pods judge by which policy, by its digest. */
export function policiesInForce(): Promise<Readonly<Record<string, number>>> {
  return sums('policy_info', 'hash');
}

/** Of each pod of ours: whether it judges by the policy that is in its files. */
export async function policiesInSync(): Promise<readonly boolean[]> {
  const texts = await scrape();
  return texts.map((text) => /^endpoints_webhook_policy_in_sync ([01])$/m.exec(text)?.[1] === '1');
}

async function sums(metric: string, label: string): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const text of await scrape()) {
    for (const [, value = '', count] of text.matchAll(
      new RegExp(`^\\w*_${metric}\\{${label}="([\\w/-]+)"\\} (\\d+)$`, 'gm'),
    ))
      found[value] = (found[value] ?? 0) + Number(count);
  }
  return found;
}

/** The metrics of each pod of ours. */
export async function scrape(): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { metadata } of await ourPods()) {
    const pod = path(release().namespace, 'pods', `${metadata?.name}:8080`);
    const { status, text } = await api().get(`${pod}/proxy/metrics`);
    expect(status, text).toBe(200);
    texts.push(text);
  }
  return texts;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { listing, sliceListing } from '../support/followed-webhook.ts';
import { creating } from '../support/waking.ts';
import { bad, createReview, good, updateReview } from '../support/webhook.ts';
import type { Replicas } from './replicas.ts';

/** What is sent, again and again: something of each decision, for each kind and webhook. */
const calls: readonly (readonly [path: string, body: unknown])[] = [
  ...Array.from({ length: 20 }, () => ['/validate', createReview()] as const),
  ['/validate', createReview(bad)],
  ['/validate', updateReview(bad, bad)],
  ['/validate', updateReview(good, good)],
  ['/validate', createReview({ ...good, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 70_000 }] }] })],
  ['/validate', listing(['10.200.1.5'])], // of which RBAC might exempt
  ['/validate', listing(['10.244.0.2'])], // another namespace's pod
  ['/validate', listing(['10.244.9.9'])], // nobody's
  ['/validate', listing(['10.96.0.10', '192.168.1.1'])],
  ['/validate', sliceListing(['10.244.0.1'])],
  ['/validate', sliceListing(['169.254.169.254'])],
  ['/validate', creating()], // finds a forbidden address
  ['/validate/adopting', creating({ selector: { app: 'web' } })],
  ['/mutate', createReview()],
  ['/mutate', createReview({ ...good, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] })],
  ['/validate', 'not JSON'],
  ['/validate', { kind: 'Secret' }],
];

/** Between two rounds: far less than it can take, since what is looked at is the queries. More and less, as by day and night. */
const pauseMilliseconds = () => 200 + 150 * Math.sin(performance.now() / 15_000);

/** Over HTTPS, from a few clients at once. Returns what ends it. */
export function startLoad({ client }: Pick<Replicas, 'client'>): () => Promise<void> {
  let isOver = false;
  const rounds = Array.from({ length: 3 }, async () => {
    while (!isOver) {
      for (const [path, body] of calls) await client.post(path, body);
      await sleep(pauseMilliseconds());
    }
  });
  const failure = Promise.all(rounds).then(
    () => undefined,
    (error: unknown) => error,
  );
  return async () => {
    isOver = true;
    const error = await failure;
    if (error !== undefined) throw error;
  };
}

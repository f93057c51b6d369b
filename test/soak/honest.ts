import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { reviewOf, validReview, validSliceReview } from '../bench/bodies.ts';
import { deniedReview, updateReview } from '../bench/reviews.ts';
import { type Answer, type Client, call } from './calls.ts';
import { pick } from './random.ts';
import { add, type Tally } from './tally.ts';

/** A review that an API server would send, and the only right answer to it. */
interface Honest {
  readonly name: string;
  readonly path: '/validate' | '/mutate';
  readonly body: Buffer;
  readonly allowed: boolean;
  /** The code of a refusal, or whether there is a patch. */
  readonly code?: number;
  readonly patched?: boolean;
  /** How often it is sent, against the others. */
  readonly weight: number;
}

/** Up to this size a review is never refused because of what others send. */
const smallBytes = 256 * 1024;

const unjudged = 'not judged, for want of memory or time';

/** What the policy of a run forbids. */
export const forbidden = '198.51.100.0/24';

const [ready, alike] = [{ ip: '198.51.100.7' }, [{ port: 80, protocol: 'TCP' }]];

const kinds: readonly Honest[] = [
  { name: '3 addresses', path: '/validate', body: validReview(3), allowed: true, weight: 500 },
  { name: '100 addresses', path: '/validate', body: validReview(100), allowed: true, weight: 150 },
  { name: '1,000 addresses', path: '/validate', body: validReview(1000), allowed: true, weight: 20 },
  { name: '5,000 addresses', path: '/validate', body: validReview(5000), allowed: true, weight: 3 },
  { name: '15,000 addresses', path: '/validate', body: validReview(15_000), allowed: true, weight: 1 },
  { name: 'an UPDATE of 100', path: '/validate', body: updateReview(100), allowed: true, weight: 60 },
  { name: 'a slice of 100', path: '/validate', body: validSliceReview(100), allowed: true, weight: 60 },
  {
    name: 'a loopback address among 3',
    path: '/validate',
    body: deniedReview(3),
    allowed: false,
    code: 422,
    weight: 60,
  },
  { name: 'one among 1,000', path: '/validate', body: deniedReview(1000), allowed: false, code: 422, weight: 10 },
  {
    ...{ name: 'a forbidden network', path: '/validate', allowed: false, code: 403, weight: 30 },
    body: reviewOf([{ addresses: [ready], ports: alike }]),
  },
  {
    ...{ name: 'a default', path: '/mutate', allowed: true, patched: true, weight: 60 },
    body: reviewOf([{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]),
  },
  {
    ...{ name: 'nothing to patch', path: '/mutate', allowed: true, patched: false, weight: 60 },
    body: reviewOf([{ addresses: [{ ip: '192.0.2.1' }], ports: alike }]),
  },
];

const lot = kinds.flatMap((kind) => Array<Honest>(kind.weight).fill(kind));

/** Where the uid of every body is, which each request replaces by one of its own. */
const uidAt = (body: Buffer) => body.indexOf('"uid":"') + '"uid":"'.length;

/** Sends one honest review, and judges the answer to it. */
export async function sendHonest(client: Client, random: () => number, tally: Tally, since: number): Promise<void> {
  const kind = pick(random, lot);
  const body = Buffer.from(kind.body);
  const uid = randomUUID();
  body.write(uid, uidAt(body), 'latin1');
  const began = performance.now();
  try {
    const answer = await call(client, { path: `${kind.path}?timeout=10s`, body });
    const now = performance.now();
    const problem = problemOf(kind, uid, answer);
    if (problem === unjudged && body.length > smallBytes) add(tally.counts, `large and ${unjudged}: ${kind.name}`);
    else if (problem) add(tally.faults, `${kind.path} of ${kind.name}: ${problem}`);
    else add(tally.counts, `right: ${kind.path} of ${kind.name}`);
    if (body.length < 5000) tally.times.push({ at: (now - since) / 1000, took: now - began });
  } catch (error) {
    add(tally.faults, `${kind.path} of ${kind.name}: no answer (${error instanceof Error ? error.message : error})`);
    await sleep(100);
  }
}

/** What is wrong with an answer; `undefined` for the right one. */
function problemOf({ allowed, code, patched }: Honest, uid: string, answer: Answer): string | undefined {
  if (answer.code !== 200) return `HTTP ${answer.code}`;
  const { response } = JSON.parse(answer.text);
  if (response.uid !== uid) return 'the answer to another review';
  if ([429, 504].includes(response.status?.code)) return unjudged;
  if (response.allowed !== allowed) return `allowed is ${response.allowed} (${response.status?.message ?? ''})`;
  if (code !== undefined && response.status?.code !== code) return `code ${response.status?.code} instead of ${code}`;
  if (patched !== undefined && (response.patch !== undefined) !== patched) return `the patch is ${response.patch}`;
  return undefined;
}

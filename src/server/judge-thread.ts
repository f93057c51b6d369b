import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Outcome, Unjudged } from '../admission/outcome.ts';
import { uidFromPrefix } from '../admission/uid.ts';
import type { Policy } from '../policy/policy.ts';
import type { ClusterNetworks } from '../state/excerpt.ts';
import { headOf } from './body.ts';
import { judgeInWorker, type SentReview } from './judge-in-worker.ts';
import type { PolicyData } from './judge-worker.ts';

export interface LargeReview extends SentReview {
  readonly policy: Policy;
  /** In the time of `performance.now()`. */
  readonly deadline: number;
  /** Whether there still is somebody to be answered. */
  readonly isWanted: () => boolean;
}

/** What became of it. `bytes`: those of a review that may have to be judged again. */
export interface JudgedReview {
  readonly outcome: Outcome | Aborted;
  readonly bytes?: Buffer | undefined;
}

/** Nobody waits for an answer any more. */
export interface Aborted {
  readonly outcome: 'aborted';
}

/** One thread that judges large reviews, so that they do not hold the event loop. */
export interface JudgeThread {
  /** Judges one at a time, in the order of the calls. Takes the bytes away. Resolves at the deadline at the latest; never rejects. */
  judge(review: LargeReview): Promise<JudgedReview>;
  /** Ends the thread. What has not been judged is aborted. */
  close(): Promise<void>;
}

export interface JudgeThreadOptions {
  /** What the thread may fill with objects. */
  readonly heapBytes: number;
  /** Those of the cluster, where there is one to ask. */
  readonly networks?: (() => ClusterNetworks) | undefined;
  readonly log: Logger;
}

/** What reading in one pass never takes. A thread that has taken more, for a tree, ends, since V8 would keep most of it. */
const maxKeptHeapBytes = 24 * 1024 * 1024;

/**
 * It starts with the first review. What it has no memory or no time for ends it, and so does a review by another policy, since there is
 * memory for one thread only; the next review starts another.
 */
export function createJudgeThread(options: JudgeThreadOptions): JudgeThread {
  const jobs = new Set<Job>();
  let worker: Worker | undefined;
  let prepared: Policy | undefined;
  let isRunning = false;
  async function judgeNext(job: Job): Promise<void> {
    if (job.policy !== prepared) await worker?.terminate();
    prepared = job.policy;
    worker ??= startWorker(job.policy, options.heapBytes, () => {
      worker = undefined;
    });
    try {
      const { outcome, bytes, heapBytes } = await judgeInWorker(worker, job, options.networks, job.ended);
      job.end(outcome, bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      if (heapBytes > maxKeptHeapBytes) await worker.terminate();
    } catch (error) {
      if (!job.ended.aborted) job.end(describeEnd(error, job, options.log));
      await worker?.terminate();
    }
  }
  async function run(): Promise<void> {
    isRunning = true;
    for (const job of jobs) {
      if (job.isWanted()) await judgeNext(job);
      else job.end({ outcome: 'aborted' });
    }
    isRunning = false;
  }
  return {
    judge: (review) =>
      new Promise((resolve) => {
        jobs.add(createJob(review, jobs, resolve));
        if (!isRunning) void run();
      }),
    async close() {
      for (const job of jobs) job.end({ outcome: 'aborted' });
      await worker?.terminate();
    },
  };
}

interface Job extends LargeReview {
  readonly uid: string | undefined;
  /** Only the first call counts. */
  readonly end: (outcome: Outcome | Aborted, bytes?: Buffer) => void;
  readonly ended: AbortSignal;
}

function createJob(review: LargeReview, jobs: Set<Job>, resolve: (judged: JudgedReview) => void): Job {
  const controller = new AbortController();
  const uid = uidFromPrefix(headOf(review.bytes));
  const timer = setTimeout(() => job.end({ outcome: 'late', uid }), Math.max(0, review.deadline - performance.now()));
  const job: Job = {
    ...review,
    uid,
    ended: controller.signal,
    end(outcome, bytes) {
      clearTimeout(timer);
      jobs.delete(job);
      resolve({ outcome, bytes });
      controller.abort();
    },
  };
  return job;
}

const youngMebibytes = 12;

/**
 * Node passes the limits of the heap to V8, which heeds the flags of the process instead, where there are any (as the chart's). They only
 * count when a heap is made, so what is set here is for the thread alone.
 */
function startWorker({ source, extraServiceLabels }: Policy, heapBytes: number, ended: () => void): Worker {
  const oldMebibytes = Math.floor(heapBytes / (1024 * 1024)) - youngMebibytes;
  setFlagsFromString('--max-old-space-size=0');
  const worker = new Worker(new URL(`./judge-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { source, extraServiceLabels } satisfies PolicyData,
    resourceLimits: { maxOldGenerationSizeMb: oldMebibytes, maxYoungGenerationSizeMb: youngMebibytes },
  });
  worker.on('error', () => {}).once('exit', ended); // whoever waits for an answer hears of an error
  worker.unref();
  return worker;
}

function describeEnd(err: unknown, { uid }: Job, log: Logger): Unjudged {
  log.error({ uid, err }, 'the thread that judges large reviews ended; the next one starts another');
  const isFull = err instanceof Error && 'code' in err && err.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (!isFull) return { outcome: 'internal-error', uid };
  return { outcome: 'too-large', uid, excess: 'more values than there is memory to judge' };
}

import { expect } from 'vitest';
import { connect } from '../../src/cluster/connection.ts';
import { type Following, follow, type ListReason } from '../../src/cluster/follow.ts';
import type { FollowSettings } from '../../src/cluster/follow-source.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { eventually } from './eventually.ts';
import { type FakeCluster, startFakeCluster } from './fake-cluster.ts';
import { createMapSink } from './map-sink.ts';

export const pods = '/api/v1/pods';

export function pod(name: string, rest: object = {}, namespace = 'a') {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, ...rest } };
}

/** No test waits as long as is waited in earnest. */
const quick = { firstBackoff: 20, maxBackoff: 200 };

interface Options {
  readonly path?: string;
  readonly settings?: Partial<FollowSettings>;
  readonly missingIsEmpty?: boolean;
}

/** What follows a fake cluster, and what it has said. Both end with the test. */
export interface Followed extends AsyncDisposable {
  readonly cluster: FakeCluster;
  readonly following: Following;
  readonly objects: ReadonlyMap<string, unknown>;
  readonly lists: readonly ListReason[];
  readonly problems: readonly string[];
  /** Waits until what is followed is what is there, and a watch is open. */
  settle(): Promise<void>;
}

export async function startFollowed(
  prepare: (cluster: FakeCluster) => void = () => {},
  { path = pods, settings = {}, missingIsEmpty = false }: Options = {},
): Promise<Followed> {
  const cluster = await startFakeCluster();
  prepare(cluster);
  const connection = connect(cluster.kubeconfig);
  const sink = createMapSink();
  const lists: ListReason[] = [];
  const problems: string[] = [];
  const events = { listed: (reason: ListReason) => lists.push(reason), problem: (text: string) => problems.push(text) };
  const following = follow(connection, path, sink, events, { missingIsEmpty, settings: { ...quick, ...settings } });
  const [collection = ''] = path.split('?');
  return {
    ...{ cluster, following, lists, problems, objects: sink.objects },
    settle: () =>
      eventually(() => {
        expect(cluster.watching()).toBeGreaterThan(0);
        expect(following.brokenSince).toBeUndefined();
        expect(versionsOf([...sink.objects.values()])).toEqual(versionsOf(cluster.objects(collection)));
      }),
    async [Symbol.asyncDispose]() {
      await following.close();
      await connection.close();
      await cluster.close();
    },
  };
}

/** Each object by its name, and its version. */
function versionsOf(objects: readonly unknown[]) {
  return objects
    .map((object) => {
      const { namespace, name, resourceVersion } = fieldsOf(fieldsOf(object).metadata);
      return `${namespace}/${name} ${resourceVersion}`;
    })
    .sort();
}

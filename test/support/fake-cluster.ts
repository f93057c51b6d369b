import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { type Answering, kubeconfigOf, no, type Spec } from './authorizer.ts';
import { sendOne, sendPage } from './fake-pages.ts';
import { type FakeRequest, readRequest, refuse, sendJson } from './fake-request.ts';
import { FakeCollection } from './fake-store.ts';
import { FakeWatches } from './fake-watches.ts';
import { write } from './fake-writes.ts';

/** Deals with a request before it is answered properly: `true` where it has, also by doing nothing. */
export type Fault = (request: FakeRequest, response: ServerResponse) => boolean;

/**
 * A Kubernetes API server over HTTPS: any collection, such as `/api/v1/pods` or
 * `/apis/discovery.k8s.io/v1/endpointslices`, of all namespaces or one, with pages, selectors and watches; each object by its name; its
 * writing as test/support/fake-writes.ts does it; and
 * SubjectAccessReviews as test/support/authorizer.ts answers them. Whatever was not put is an empty list.
 */
export type FakeCluster = Awaited<ReturnType<typeof startFakeCluster>>;

export async function startFakeCluster() {
  const { certificate, privateKey } = await issueSelfSigned(new Date());
  const folder = mkdtempSync(join(tmpdir(), 'fake-cluster-'));
  const collections = new Map<string, FakeCollection>();
  const watches = new FakeWatches();
  const requests: FakeRequest[] = [];
  const asked: Spec[] = [];
  let version = 1000;
  let hanging = false;

  function collectionOf(path: string): FakeCollection {
    const collection = collections.get(path) ?? new FakeCollection(() => ++version);
    collections.set(path, collection);
    return collection;
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const request = readRequest(message);
    requests.push(request);
    const { collection, method } = request;
    if (hanging || cluster.fault(request, response)) return;
    if (collection.endsWith('/subjectaccessreviews')) {
      const { spec } = JSON.parse(Buffer.concat(chunks).toString());
      asked.push(spec);
      return cluster.answering(spec, response);
    }
    if (cluster.answerOthers(request, response, Buffer.concat(chunks).toString())) return;
    if (collection === '/version') return sendJson(response, 200, { gitVersion: 'v1.37.2' });
    const isWritten = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
    const isServed = (method === 'GET' || isWritten) && !cluster.missing.has(collection);
    if (isServed && isWritten) {
      const change = write(request, response, collectionOf(collection), JSON.parse(Buffer.concat(chunks).toString()));
      if (change) watches.tell(collection, change);
    } else if (!isServed) refuse(response, 404, { message: 'the server could not find the requested resource' });
    else if (request.isWatch) watches.open(request, response, collectionOf(collection));
    else if (request.name !== undefined) sendOne(request, response, collectionOf(collection));
    else sendPage(request, response, collectionOf(collection));
  }

  const sockets = new Set<Socket>();
  const create = () => {
    const server = https.createServer({ cert: certificate, key: privateKey }, (message, response) => {
      response.on('error', () => {});
      answer(message, response).catch(() => response.destroy());
    });
    return server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      sockets.add(socket.on('close', () => sockets.delete(socket)));
    });
  };
  let server = create();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(port, certificate), { mode: 0o600 });

  const cluster = {
    url: `https://127.0.0.1:${port}`,
    /** A file. */
    kubeconfig,
    /** What has arrived, in that order. */
    requests,
    /** The `spec` of each SubjectAccessReview that has arrived, and how they are answered. */
    asked,
    answering: no as Answering,
    /** Such as `(request, response) => request.isWatch && refuse(response, 429, { retryAfter: 1 })`, with `refuse` of fake-request.ts. */
    fault: (() => false) as Fault,
    /** Answers what is no read of objects: `true` where it has. `body`: as it was sent. */
    answerOthers: ((_request, _response, _body) => false) as (
      request: FakeRequest,
      response: ServerResponse,
      body: string,
    ) => boolean,
    /** Collections that are not served: 404. */
    missing: new Set<string>(),
    /** The newest version of all. */
    version: () => version,
    /** Puts an object into a collection, such as `/api/v1/pods`, in the namespace and by the name that it has. */
    put(collection: string, object: object): void {
      const { metadata, ...rest } = object as { readonly metadata?: unknown };
      const { namespace = '', name } = fieldsOf(metadata);
      this.putLazily(collection, `${namespace}/${name}`, (resourceVersion) => ({
        ...{ ...rest, metadata: { ...fieldsOf(metadata), resourceVersion: String(resourceVersion) } },
      }));
    },
    /** Under `<namespace>/<name>`; what it consists of is made each time that it is sent. */
    putLazily(collection: string, key: string, read: (version: number) => Readonly<Record<string, unknown>>): void {
      watches.tell(collection, collectionOf(collection).put(key, read));
    },
    /** `key`: `<namespace>/<name>`, or `/<name>`. */
    remove(collection: string, key: string): void {
      const change = collectionOf(collection).remove(key);
      if (change) watches.tell(collection, change);
    },
    /** What is in a collection. */
    objects: (collection: string) =>
      collectionOf(collection)
        .all()
        .map(({ read }) => read()),
    /** How many watches are open. */
    watching: (collection?: string) => watches.count(collection),
    bookmark: () => watches.bookmark(version),
    /** Writes bytes into the open watches: half a line, something that is no JSON, an `ERROR` event. */
    write: (bytes: string | Uint8Array, collection?: string) => watches.write(bytes, collection),
    /** Ends the open watches in an orderly way. */
    endWatches: (collection?: string) => watches.end(collection),
    /** Breaks all connections. */
    drop(): void {
      watches.forget();
      for (const socket of sockets) socket.destroy();
    },
    /** From now on nothing is answered and no open watch is told anything any more; what was open then stays silent for good. */
    hang(): void {
      hanging = true;
      watches.forget();
    },
    resume(): void {
      hanging = false;
    },
    /** Forgets what has happened: an older version is answered with 410, and so is the next page of a list. */
    compact(): void {
      for (const collection of collections.values()) collection.compact();
    },
    /** As an API server that ends: its connections break, and nothing listens. */
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      cluster.drop();
      await closed;
    },
    /** On the same port. */
    async start(): Promise<void> {
      server = create();
      await listen(server, port);
    },
    async close(): Promise<void> {
      await cluster.stop();
      rmSync(folder, { recursive: true });
    },
  };
  return cluster;
}

function listen(server: https.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
}

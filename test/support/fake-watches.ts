import type { ServerResponse } from 'node:http';
import { createSelection, type FakeRequest, refuse, statusOf } from './fake-request.ts';
import type { Change, FakeCollection, Stored } from './fake-store.ts';

type Selection = (object: unknown) => boolean;

/** The open watches of a fake API server. */
export class FakeWatches {
  readonly #open = new Set<{
    readonly request: FakeRequest;
    readonly response: ServerResponse;
    tell: (change: Change) => void;
  }>();

  /** Of a collection, or of all. */
  count(collection?: string): number {
    return this.#of(collection).length;
  }

  /** As an API server: a version that is forgotten is told in the stream, with status 200. */
  open(request: FakeRequest, response: ServerResponse, stored: FakeCollection): void {
    const selects = createSelection(request);
    if (!selects) {
      refuse(response, 400, { message: 'field label not supported' });
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    const tell = (change: Change) => {
      const text = eventOf(change, selects);
      if (text !== undefined) response.write(text);
    };
    const from = request.query.get('resourceVersion') ?? '';
    const missed = /^0?$/.test(from) ? stored.all().map(asAdded) : stored.since(Number(from));
    if (!missed) {
      const object = { ...statusOf(410, `too old resource version: ${from}`), reason: 'Expired' };
      return void response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    }
    for (const change of missed) tell(change);
    this.#add(request, response, tell);
  }

  #add(request: FakeRequest, response: ServerResponse, tell: (change: Change) => void): void {
    const watch = { request, response, tell };
    this.#open.add(watch);
    const seconds = Number(request.query.get('timeoutSeconds') ?? 3600);
    const timer = setTimeout(() => response.end(), seconds * 1000);
    response.on('close', () => {
      clearTimeout(timer);
      this.#open.delete(watch);
    });
  }

  tell(collection: string, change: Change): void {
    for (const watch of this.#of(collection)) watch.tell(change);
  }

  bookmark(version: number): void {
    const object = { metadata: { resourceVersion: String(version) } };
    for (const { request, response } of this.#open)
      if (request.query.get('allowWatchBookmarks') === 'true')
        response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  write(bytes: string | Uint8Array, collection?: string): void {
    for (const { response } of this.#of(collection)) response.write(bytes);
  }

  end(collection?: string): void {
    for (const watch of this.#of(collection)) {
      this.#open.delete(watch);
      watch.response.end();
    }
  }

  /** They stay open, and are never told anything again. */
  forget(): void {
    this.#open.clear();
  }

  #of(collection: string | undefined) {
    return [...this.#open].filter(({ request }) => collection === undefined || request.collection === collection);
  }
}

function asAdded(stored: Stored): Change {
  return { type: 'ADDED', version: stored.version, stored, previous: undefined };
}

/** As one line. An object that a selector no longer selects goes, for whoever selects. */
function eventOf({ type, stored, previous }: Change, selects: Selection): string | undefined {
  const object = stored.read();
  const [was, is] = [previous !== undefined && selects(previous.read()), type !== 'DELETED' && selects(object)];
  if (!was && !is) return undefined;
  return `${JSON.stringify({ type: was ? (is ? 'MODIFIED' : 'DELETED') : 'ADDED', object })}\n`;
}

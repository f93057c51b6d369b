import type { Socket } from 'node:net';
import { createUsage, type Usage } from './budget.ts';
import { clientAddress } from './client-address.ts';

export interface Connection {
  readonly socket: Socket;
  readonly client: Client;
  /** Those in progress. */
  requests: number;
  /** When it was accepted, when its handshake ended, or when a request on it last began or ended: the number of a sweep. */
  since: number;
  /** Whether its handshake is over. */
  isSecure: boolean;
}

/** All connections from one address, and what they hold. */
export interface Client {
  readonly address: string;
  readonly usage: Usage;
  connections: number;
  /** Without a request until now, and with all requests answered. The one that waits longest comes first. */
  readonly silent: Set<Connection>;
  readonly idle: Set<Connection>;
}

/** The clients that have connections. */
export interface Clients {
  /** The client of an address, which may be new. */
  of(remote: string | undefined): Client;
  /** Call it when a client may have neither connections nor memory any more. */
  forget(client: Client): void;
  all(): Iterable<Client>;
  /** Of the clients with a connection that waits, the one with most connections. */
  largest(): Client | undefined;
}

export function createClients(): Clients {
  const clients = new Map<string, Client>();
  return {
    of(remote) {
      const address = clientAddress(remote);
      let client = clients.get(address);
      if (!client) {
        client = { address, usage: createUsage(), connections: 0, silent: new Set(), idle: new Set() };
        clients.set(address, client);
      }
      return client;
    },
    forget(client) {
      if (client.connections === 0 && client.usage.bytes === 0) clients.delete(client.address);
    },
    all: () => clients.values(),
    largest() {
      let largest: Client | undefined;
      for (const client of clients.values())
        if (waits(client) && client.connections > (largest?.connections ?? 0)) largest = client;
      return largest;
    },
  };
}

function waits({ silent, idle }: Client): boolean {
  return silent.size > 0 || idle.size > 0;
}

/** The connection of a client that gives way to a new one. */
export function longestWaiting({ silent, idle }: Client): Connection | undefined {
  return idle.values().next().value ?? silent.values().next().value;
}

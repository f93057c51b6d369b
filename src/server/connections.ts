import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createUsage, type Usage } from './budget.ts';
import type { Connection } from './client.ts';
import {
  beginRequest,
  type ConnectionLimits,
  type ConnectionTable,
  createConnectionTable,
  type Drop,
  endHandshake,
  endRequest,
  enter,
  leave,
  sweep,
} from './connection-table.ts';

export interface Connections {
  size(): number;
  /** Whether each connection that there may be has had a request in progress for 3 s, so that nobody else gets one. */
  saturated(): boolean;
  /** What the client of a connection holds in memory. */
  usageOf(socket: Duplex): Usage;
  /** Limits the connections of a TLS server from now on. */
  limit(server: Server): void;
}

/** A connection that was accepted, and what to call when one of its requests is over. */
interface Attached {
  readonly connection: Connection;
  readonly end: () => void;
}

export function createConnections(limits: ConnectionLimits, count: (reason: Drop) => void): Connections {
  const table = createConnectionTable(limits, count);
  const attached = new WeakMap<Duplex, Attached>();
  return {
    size: () => table.connections.size,
    saturated: table.saturation.lasts,
    usageOf: (socket) => attached.get(socket)?.connection.client.usage ?? createUsage(),
    limit(server) {
      limitAccepting(server, table, (socket, connection) => {
        endHandshake(table, connection);
        attached.set(socket, { connection, end: () => endRequest(table, connection) });
      });
      const answer = server.listeners('request');
      server.removeAllListeners('request');
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const found = attached.get(request.socket);
        if (!found || !beginRequest(table, found.connection)) {
          response.end();
          return;
        }
        response.on('close', found.end);
        for (const listener of answer) listener.call(server, request, response);
      });
      const timer = setInterval(sweep, 1000, table).unref();
      server.once('close', () => clearInterval(timer));
    },
  };
}

/** `attach`: called with the socket that requests come from, after the handshake. */
function limitAccepting(
  server: Server,
  table: ConnectionTable,
  attach: (socket: Duplex, connection: Connection) => void,
): void {
  const shaking = new Map<string, Connection>();
  const start = server.listeners('connection');
  server.removeAllListeners('connection'); // what is refused must not cost the beginning of a handshake
  server.on('connection', (socket: Socket) => {
    const connection = enter(table, socket);
    if (!connection) {
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    shaking.set(peer, connection);
    socket.once('close', () => {
      if (shaking.get(peer) === connection) shaking.delete(peer);
      leave(table, connection);
    });
    for (const listener of start) listener.call(server, socket);
  });
  server.prependListener('secureConnection', (socket: Socket) => {
    const connection = shaking.get(peerOf(socket));
    shaking.delete(peerOf(socket));
    if (connection) attach(socket, connection);
    else socket.destroy(); // it has ended
  });
}

/** The same for a connection and for what TLS makes of it, and for no other that is open. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
